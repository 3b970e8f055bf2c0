"""Which cluster a verb is about, where the command line need not say, and logging in to it."""

import os
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Iterable

from msgspec import structs

from jupystra_tui import protocol
from jupystra_tui.errors import ConfigError, ConnectError
from jupystra_tui.frontend.client import error_of
from jupystra_tui.frontend.concealed import received
from jupystra_tui.frontend.flags import cluster_of, config_file
from jupystra_tui.model import Cluster, Session, SessionPhase
from jupystra_tui.verbs.exits import NeedsAnswer, NotThere
from jupystra_tui.verbs.front_end import FrontEnd
from jupystra_tui.verbs.terminal import Terminal

PATIENCE_SECONDS = 60.0
_WHICH = "Say which with --cluster NAME."


def add_cluster(parser: ArgumentParser) -> None:
    """Add what names the cluster of a job, for verbs that mostly know it by themselves."""
    where = parser.add_argument_group(
        "which cluster", "The one that is logged in; of several the one that has the job."
    )
    where.add_argument(
        "--cluster",
        metavar="NAME",
        help="a cluster that is logged in, one of the configuration, a preset, an alias of ssh or USER@HOST",
    )
    where.add_argument("-F", dest="ssh_config", metavar="FILE", help="ssh configuration, as for ssh -F")
    where.add_argument("-P", "--password", metavar="PW", help="password, - to read it from standard input")
    where.add_argument("--password-fd", type=int, default=-1, help=SUPPRESS)


def live(front_end: FrontEnd) -> list[Session]:
    """Return the sessions that are up, on their way, or were up and wait."""
    return [one for one in front_end.state.sessions.values() if one.phase is not SessionPhase.DOWN]


async def cluster_for(front_end: FrontEnd, arguments: Namespace, jobs: Iterable[str] = ()) -> Cluster:
    """Return the cluster that is named, that has one of the jobs, or that is the only or the latest one.

    Raises ConfigError where that is not certain.
    """
    outcome = await front_end.request(protocol.ListRecent())
    recent = outcome if isinstance(outcome, protocol.Recent) else protocol.Recent()
    if arguments.cluster:
        return await _named(front_end, arguments, recent)
    sessions = {one.cluster.name: one.cluster for one in live(front_end)}
    known = sessions or {one.name: _with_defaults(front_end, one) for one in recent.clusters}
    owners = [name for name in known if any(_has(front_end, recent, name, job) for job in jobs)]
    if len(owners) == 1:
        return known[owners[0]]
    if len(known) == 1 or (known and not sessions and not tuple(jobs)):
        return list(known.values())[-1]
    if known:
        raise ConfigError(f"There are several clusters: {', '.join(known)}", _WHICH)
    if len(front_end.config.clusters) == 1:
        return front_end.config.clusters[0]
    raise NotThere("You are not logged in to any cluster", "Name it: --cluster NAME, or --cluster you@host.")


def start_cluster(front_end: FrontEnd, arguments: Namespace) -> Cluster:
    """Return the cluster to start a server on: the one named, or the only one there is; raises ConfigError."""
    named = cluster_of(front_end.config, arguments)
    if named:
        return _as_logged_in(front_end, named, arguments)
    known = {one.cluster.name: one.cluster for one in live(front_end)}
    known = known or {one.name: one for one in front_end.config.clusters}
    if len(known) == 1:
        return _with_defaults(front_end, next(iter(known.values())))
    raise ConfigError(
        f"There are several clusters: {', '.join(known)}" if known else "No cluster is named",
        f"Write `jupystra {arguments.verb} you@host`, or `jupystra {arguments.verb} --cluster NAME`.",
    )


async def log_in(front_end: FrontEnd, cluster: Cluster, arguments: Namespace) -> Session:
    """Return the cluster's session, logging in where need be; raises JupystraError with the reason why not."""
    name = cluster.name
    before = front_end.state.sessions.get(name)
    same = before is not None and before.cluster.serves(cluster)
    if before and same and before.phase is SessionPhase.UP:
        front_end.questions.answer_for(name)
        return before
    front_end.progress.login(name, before.steps if before and same else ())
    if before and before.phase is SessionPhase.WAITING:
        _refuse_without_terminal(before)
    front_end.questions.answer_for(name)
    if not same or before is None or before.phase in (SessionPhase.DOWN, SessionPhase.WAITING):
        password = received(arguments.password_fd)
        await front_end.request(protocol.Login(cluster, os.environ.get("SSH_AUTH_SOCK", ""), password))
    try:
        if before and same and before.phase is SessionPhase.WAITING:
            await front_end.until(lambda: front_end.state.sessions.get(name) != before, PATIENCE_SECONDS)
        return await front_end.until(lambda: _up(front_end, name), PATIENCE_SECONDS)
    except TimeoutError as error:
        raise ConnectError(f"{name} does not answer", "It is tried again by itself; so try later.") from error


async def log_in_for(front_end: FrontEnd, arguments: Namespace, jobs: Iterable[str] = ()) -> Cluster:
    """Find the cluster that a verb is about, log in to it, and return it."""
    cluster = await cluster_for(front_end, arguments, jobs)
    await log_in(front_end, cluster, arguments)
    return cluster


def _up(front_end: FrontEnd, name: str) -> Session | None:
    session = front_end.state.sessions.get(name)
    if session is None or session.phase is SessionPhase.UP:
        return session
    if session.phase in (SessionPhase.DOWN, SessionPhase.WAITING) and session.problem:
        raise error_of(session.problem)
    return None


async def _named(front_end: FrontEnd, arguments: Namespace, recent: protocol.Recent) -> Cluster:
    name, own_config = arguments.cluster, config_file(arguments.ssh_config)
    if front_end.config.cluster(name):
        return _as_logged_in(front_end, _by_name(front_end, arguments), arguments)
    succeeded = {one.name: one for one in recent.clusters}
    known = succeeded | {one.cluster.name: one.cluster for one in front_end.state.sessions.values()}
    found = known.get(name)
    if found and own_config in ("", found.ssh_config):
        return _with_defaults(front_end, found)
    try:
        is_place = "@" in name or "." in name or name in await _aliases(front_end, own_config)
        return _by_name(front_end, arguments, is_place)
    except ConfigError as error:
        lately = f"Recent logins: {', '.join(succeeded)}." if succeeded else ""
        raise ConfigError(error.title, " ".join(filter(None, (error.hint, lately)))) from error


def _by_name(front_end: FrontEnd, arguments: Namespace, is_place: bool = False) -> Cluster:
    """Return the cluster of the configuration or the presets, or at a place: `[USER@]HOST`, or an alias of ssh's."""
    names = {"destination": arguments.cluster, "cluster": None} if is_place else {"destination": None}
    cluster = cluster_of(front_end.config, Namespace(**{**vars(arguments), "orchestra": False, **names}))
    assert cluster
    return cluster


async def _aliases(front_end: FrontEnd, ssh_config: str) -> tuple[str, ...]:
    outcome = await front_end.request(protocol.ListHosts(ssh_config or front_end.config.ssh_config))
    return outcome.aliases if isinstance(outcome, protocol.Hosts) else ()


def _as_logged_in(front_end: FrontEnd, cluster: Cluster, arguments: Namespace) -> Cluster:
    """Return the cluster, reached as its session reaches it where the command line does not say."""
    session = front_end.state.sessions.get(cluster.name)
    if session is None or arguments.ssh_config or cluster.ssh_config:
        return cluster
    return structs.replace(cluster, ssh_config=session.cluster.ssh_config)


def _with_defaults(front_end: FrontEnd, cluster: Cluster) -> Cluster:
    configured = front_end.config.cluster(cluster.name)
    return structs.replace(cluster, defaults=configured.defaults) if configured else cluster


def _has(front_end: FrontEnd, recent: protocol.Recent, cluster: str, job: str) -> bool:
    return (job, cluster) in recent.jobs or front_end.state.job(cluster, job) is not None


def _refuse_without_terminal(session: Session) -> None:
    """Raise NeedsAnswer where the session waits for a person and there is none: it is better left as it is."""
    terminal = Terminal.find()
    if terminal:
        terminal.close()
        return
    title = session.problem.title if session.problem else f"{session.cluster.name} needs you to log in"
    raise NeedsAnswer(title, "Run it in a terminal, or log in with jupystra-tui.")
