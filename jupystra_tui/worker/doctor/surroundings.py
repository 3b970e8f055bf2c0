"""What a command finds on the login node: a shell, start files, a home, a clock."""

import time

from jupystra_tui.errors import ConnectError
from jupystra_tui.model.finding import Finding, broken, fine, look
from jupystra_tui.model.units import show_duration
from jupystra_tui.ssh.shell import text
from jupystra_tui.text import clean
from jupystra_tui.worker.doctor.contexts import SiteContext

NOISE_SECONDS = 20.0
SLOW_SECONDS = 3.0
CLOCK_SECONDS = 10.0
CLOCK_TRIES = 2
CLOCK_APART = 10.0
# Without SHLVL a bash that sshd's child starts reads ~/.bashrc, as it does for `ssh host command`.
_START = '( unset SHLVL; exec "${SHELL:-/bin/sh}" -c : ) 2>&1 | head -c 2000'


async def login_shell(context: SiteContext) -> Finding:
    """Which shell does the user have there?"""
    shell = clean((await context.survey()).get("shell", ""))
    return fine(f"{shell or 'not named'}; commands run in /bin/sh, whatever it is")


async def start_files(context: SiteContext) -> Finding:
    """Are start files quiet and quick when a command is run?"""
    began = time.monotonic()
    said = text((await context.run(_START, NOISE_SECONDS)).out)
    took = time.monotonic() - began
    lines = [clean(line, 60) for line in said.splitlines() if line.strip()]
    if lines:
        return look(
            f"they print when a command is run: {lines[0]!r}, {len(lines)} in all",
            "It does no harm here, but breaks scp and rsync: print only in interactive shells, "
            "behind `case $- in *i*) ;; *) return ;; esac` in ~/.bashrc.",
        )
    if took > SLOW_SECONDS:
        return look(
            f"quiet, but a shell takes {took:.0f} s to start",
            "Look for what is slow in ~/.bashrc: often it is `conda init` or a module that is loaded.",
        )
    return fine("quiet when a command is run")


async def home(context: SiteContext) -> Finding:
    """Can a folder be made at home that nobody else may read?"""
    first, *more = ((await context.survey()).get("folder", "").splitlines()) or [""]
    if not first.startswith("drwx"):
        why = clean(" ".join(more) or first) or "no reason given"
        return broken(
            f"nothing can be made there: {why}",
            "Jobs keep their log and token there: make room, or ask the site.",
        )
    if more != ["written"]:
        why = clean(" ".join(more)) or "no reason given"
        return broken(f"nothing can be written there: {why}", "Is your quota used up? Make room at home.")
    if not first.startswith("drwx------") or first[10:11] == "+":
        return look(
            f"a folder that should be yours alone has the rights {first.split()[0]}",
            "Others might read a server's token: ask the site about the access lists of your home.",
        )
    return fine("it can be written, and folders there can be yours alone")


async def clock(context: SiteContext) -> Finding:
    """Do the clocks of laptop and login node agree?"""
    ahead, unsure = min([await _ahead(context) for _ in range(CLOCK_TRIES)], key=lambda pair: pair[1])
    if abs(ahead) <= max(CLOCK_APART, unsure):
        return fine(f"they agree to {max(1, round(abs(ahead) + unsure))} s")
    which = "ahead of" if ahead > 0 else "behind"
    return look(
        f"the login node's is {show_duration(abs(ahead))} {which} this laptop's",
        "Set this laptop's clock by the network; if it is right, tell the site. One-time codes and "
        "idle times depend on it.",
    )


async def _ahead(context: SiteContext) -> tuple[float, float]:
    """Return by how many seconds the login node's clock is ahead, and how unsure that is."""
    before, began = time.time(), time.monotonic()
    said = text((await context.connection.run("date +%s", CLOCK_SECONDS)).out).strip()
    trip = time.monotonic() - began
    if not said.isdecimal():
        raise ConnectError("The login node does not tell the time", "Try `ssh` to it, and `date +%s` there.")
    return int(said) + 0.5 - (before + trip / 2), 0.5 + trip / 2
