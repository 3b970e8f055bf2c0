"""Discovers the user, the home folder and the scheduler of a cluster at login."""

from msgspec import Struct, structs

from jupystra_tui.errors import SchedulerError
from jupystra_tui.model import Cluster
from jupystra_tui.model.names import host_name
from jupystra_tui.schedulers.loading import scheduler_named
from jupystra_tui.schedulers.registry import REGISTRY, titles
from jupystra_tui.schedulers.roles import Scheduler
from jupystra_tui.ssh.command_output import PROBE, Script
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.shell import quote, text
from jupystra_tui.text import clean

LIMIT = 30.0
VERSION_SECONDS = 8


class Site(Struct, frozen=True):
    """A cluster seen from its login node; `home` is the user's home folder there."""

    user: str
    home: str
    login_node: str
    scheduler: Scheduler
    version: str


async def discover(connection: Connection, cluster: Cluster) -> Site:
    """Look around on the login node; raises ConnectError, SchedulerError when no scheduler is to be found.

    Where the scheduler's commands or settings are only in a login shell, the connection uses one from now on.
    """
    connection.startup_seconds = cluster.startup_seconds
    try:
        return await _discover(connection, cluster)
    except SchedulerError:
        connection.use_login_shell()
        return await _discover(connection, cluster)


async def _discover(connection: Connection, cluster: Cluster) -> Site:
    candidates = [scheduler_named(name) for name in REGISTRY if cluster.scheduler in ("auto", name)]
    if not candidates:
        title = f"{cluster.scheduler!r} is not a known scheduler"
        raise SchedulerError(title, f"Set `scheduler` to one of: {', '.join(('auto', *REGISTRY))}.")
    site = await _look(connection, candidates)
    if site is None:
        names = " or ".join(_probe(one) for one in candidates)
        raise SchedulerError(
            f"No {names} was found on {cluster.name}, also not in a login shell",
            f"Is this the login node of a {titles()} cluster? If it needs a module first, load it in ~/.bash_profile.",
        )
    await settle_in(connection, site)
    return await _suited(connection, site, cluster)


async def settle_in(connection: Connection, site: Site) -> None:
    """Have the shells of a connection be without the variables that change what the scheduler prints."""
    await connection.prepare(f"unset {' '.join(site.scheduler.unset)}")


async def _suited(connection: Connection, site: Site, cluster: Cluster) -> Site:
    survey = site.scheduler.site.survey_script()
    found = text((await connection.run(survey, LIMIT)).out) if survey else ""
    return structs.replace(site, scheduler=site.scheduler.site.adapt(site.scheduler, found, cluster))


def _probe(scheduler: Scheduler) -> str:
    return scheduler.site.version_command()[0]


async def _look(connection: Connection, candidates: list[Scheduler]) -> Site | None:
    probes = "; ".join(
        f"command -v {_probe(one)} >/dev/null 2>&1 && printf '\\036%s\\n' {one.name} "
        f"&& timeout {VERSION_SECONDS} {quote(one.site.version_command())} 2>&1"
        for one in candidates
    )
    who = '"${LOGNAME:-$(id -un)}" "$HOME" "$(hostname | head -n 1)"'
    script = Script(f"printf '%s\\n' {who}; {probes}", PROBE)
    said = text((await connection.run(script, LIMIT)).out)
    about, *answers = said.split("\x1e")
    user, home, login_node = (*map(clean, about.splitlines()), "", "", "")[:3]
    login_node = host_name(login_node)
    for answer in answers:
        name, _, version = answer.partition("\n")
        scheduler = next(one for one in candidates if one.name == name)
        try:
            return Site(user, home, login_node, scheduler, scheduler.site.parse_version(version))
        except SchedulerError:
            continue  # commands without their scheduler: perhaps a login shell sets them up
    return None
