"""What a login finds out about a cluster: who we are there, and which scheduler it has."""

from msgspec import Struct

from jupystra_tui.errors import SchedulerError
from jupystra_tui.model import Cluster
from jupystra_tui.schedulers.base import Scheduler
from jupystra_tui.schedulers.slurm import Slurm
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.shell import quote
from jupystra_tui.text import clean

LIMIT = 30.0
SCHEDULERS: tuple[Scheduler, ...] = (Slurm(),)


class Site(Struct, frozen=True):
    """A cluster seen from its login node; `home` is the person's home folder there."""

    user: str
    home: str
    login_node: str
    scheduler: Scheduler
    version: str


async def discover(connection: Connection, cluster: Cluster) -> Site:
    """Look around on the login node; raises ConnectError, SchedulerError when no scheduler is to be found.

    Where the scheduler's commands are only in a login shell's PATH, the connection uses one from now on.
    """
    candidates = [one for one in SCHEDULERS if cluster.scheduler in ("auto", one.name)]
    site = await _look(connection, candidates)
    if site is None:
        connection.use_login_shell()
        site = await _look(connection, candidates)
    if site is None:
        names = " or ".join(_probe(one) for one in candidates)
        raise SchedulerError(
            f"No {names} was found on {cluster.name}, in a login shell neither",
            "Is this the login node of a Slurm cluster? If it needs a module first, load it in ~/.bash_profile.",
        )
    await connection.prepare(f"unset {' '.join(site.scheduler.unset)}")
    return site


def _probe(scheduler: Scheduler) -> str:
    return scheduler.version_command()[0]


async def _look(connection: Connection, candidates: list[Scheduler]) -> Site | None:
    probes = "; ".join(
        f"command -v {_probe(one)} >/dev/null 2>&1 && printf '%s\\n' {one.name} && {quote(one.version_command())}"
        for one in candidates
    )
    who = '"${LOGNAME:-$(id -un)}" "$HOME" "$(hostname | head -n 1)"'
    script = f"printf '%s\\n' {who}; {probes}"
    lines = [clean(line) for line in (await connection.run(script, LIMIT)).out.splitlines()]
    if len(lines) < 4:
        return None
    scheduler = next((one for one in candidates if one.name == lines[3]), None)
    if scheduler is None:
        return None
    return Site(lines[0], lines[1], lines[2], scheduler, scheduler.parse_version("\n".join(lines[4:])))
