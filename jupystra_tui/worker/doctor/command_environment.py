"""The environment of commands on the login node: shell, start files, home folder, clock."""

import time

from jupystra_tui.errors import ConnectError
from jupystra_tui.model.finding import Finding, failed, passed, warning
from jupystra_tui.model.units import show_duration
from jupystra_tui.ssh.shell import text
from jupystra_tui.text import clean
from jupystra_tui.worker.doctor.contexts import SiteContext

NOISE_SECONDS = 20.0
SLOW_SECONDS = 3.0
CLOCK_SECONDS = 10.0
CLOCK_TRIES = 2
CLOCK_APART = 10.0
# Without SHLVL, bash as a child of sshd reads ~/.bashrc, as it does for `ssh host command`.
_START = '( unset SHLVL; exec "${SHELL:-/bin/sh}" -c : ) 2>&1 | head -c 2000'


async def login_shell(context: SiteContext) -> Finding:
    """Which login shell does the user have?"""
    shell = clean((await context.survey()).get("shell", ""))
    return passed(f"{shell or 'unknown'}; commands always run in /bin/sh")


async def start_files(context: SiteContext) -> Finding:
    """Are the shell's start files fast and without output for a command?"""
    began = time.monotonic()
    said = text((await context.run(_START, NOISE_SECONDS)).out)
    took = time.monotonic() - began
    lines = [clean(line, 60) for line in said.splitlines() if line.strip()]
    if lines:
        return warning(
            f"they print {len(lines)} lines when a command is run; the first one: {lines[0]!r}",
            "This works here, but breaks scp and rsync: print only in interactive shells, "
            "after `case $- in *i*) ;; *) return ;; esac` in ~/.bashrc.",
        )
    if took > SLOW_SECONDS:
        return warning(
            f"no output, but a shell takes {took:.0f} s to start",
            "Find what is slow in ~/.bashrc: often `conda init` or `module load`.",
        )
    return passed("no output when a command is run")


async def home(context: SiteContext) -> Finding:
    """Can a folder be created in the home folder that other users cannot read?"""
    first, *more = ((await context.survey()).get("folder", "").splitlines()) or [""]
    if not first.startswith("drwx"):
        why = clean(" ".join(more) or first) or "no reason given"
        return failed(
            f"no folder can be created in it: {why}",
            "Jobs write their log and token there: free some space, or ask the site.",
        )
    if more != ["written"]:
        why = clean(" ".join(more)) or "no reason given"
        return failed(f"no file can be written in it: {why}", "Your quota may be used up: free some space.")
    if not first.startswith("drwx------") or first[10:11] == "+":
        return warning(
            f"a private folder has the permissions {first.split()[0]}",
            "Other users may be able to read a server's token: ask the site about the access lists of your home.",
        )
    return passed("writable; private folders can be created")


async def clock(context: SiteContext) -> Finding:
    """Do the clocks of the laptop and of the login node agree?"""
    ahead, unsure = min([await _ahead(context) for _ in range(CLOCK_TRIES)], key=lambda pair: pair[1])
    if abs(ahead) <= max(CLOCK_APART, unsure):
        return passed(f"the difference to this laptop is at most {max(1, round(abs(ahead) + unsure))} s")
    which = "ahead of" if ahead > 0 else "behind"
    return warning(
        f"the login node's clock is {show_duration(abs(ahead))} {which} this laptop's",
        "Synchronize this laptop's clock (NTP); if it is right, tell the site. One-time codes and "
        "idle times depend on the clock.",
    )


async def _ahead(context: SiteContext) -> tuple[float, float]:
    """Return by how many seconds the login node's clock is ahead, and the uncertainty in seconds."""
    before, began = time.time(), time.monotonic()
    said = text((await context.connection.run("date +%s", CLOCK_SECONDS)).out).strip()
    trip = time.monotonic() - began
    if not said.isdecimal():
        raise ConnectError("The login node's clock cannot be read", "Log in with ssh and try `date +%s`.")
    return int(said) + 0.5 - (before + trip / 2), 0.5 + trip / 2
