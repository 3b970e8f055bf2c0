"""Determines the cluster of a verb, and logs in to it."""

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
from jupystra_tui.verbs.context import VerbContext
from jupystra_tui.verbs.exits import NoTerminal, NotFound
from jupystra_tui.verbs.terminal import Terminal

LOGIN_TIMEOUT_SECONDS = 60.0
_WHICH = "Name one with --cluster NAME."


def add_cluster(parser: ArgumentParser) -> None:
    """Add the flags that name a cluster, for verbs that can usually find it."""
    where = parser.add_argument_group(
        "cluster", "Default: the cluster that you are logged in to; of several, the one with the job."
    )
    where.add_argument(
        "--cluster",
        metavar="NAME",
        help="a cluster you are logged in to, a configured cluster, a preset, an ssh alias or USER@HOST",
    )
    where.add_argument("-F", dest="ssh_config", metavar="FILE", help="ssh configuration file, as for ssh -F")
    where.add_argument("-P", "--password", metavar="PW", help="password; - reads it from standard input")
    where.add_argument("--password-fd", type=int, default=-1, help=SUPPRESS)


def active_sessions(context: VerbContext) -> list[Session]:
    """Return the sessions that are up, connecting or waiting."""
    return [one for one in context.state.sessions.values() if one.phase is not SessionPhase.DOWN]


async def find_cluster(context: VerbContext, arguments: Namespace, jobs: Iterable[str] = ()) -> Cluster:
    """Return the named cluster, the one that has one of the jobs, the only one, or the most recent one.

    Raises ConfigError if it is ambiguous.
    """
    outcome = await context.request(protocol.ListRecent())
    recent = outcome if isinstance(outcome, protocol.Recent) else protocol.Recent()
    if arguments.cluster:
        return await _named(context, arguments, recent)
    sessions = {one.cluster.name: one.cluster for one in active_sessions(context)}
    known = sessions or {one.name: _with_defaults(context, one) for one in recent.clusters}
    owners = [name for name in known if any(_has(context, recent, name, job) for job in jobs)]
    if len(owners) == 1:
        return known[owners[0]]
    if len(known) == 1 or (known and not sessions and not tuple(jobs)):
        return list(known.values())[-1]
    if known:
        raise ConfigError(f"There are several clusters: {', '.join(known)}", _WHICH)
    if len(context.config.clusters) == 1:
        return context.config.clusters[0]
    raise NotFound(
        "You are not logged in to any cluster", "Name a cluster: --cluster NAME, or --cluster you@host."
    )


def cluster_to_start_on(context: VerbContext, arguments: Namespace) -> Cluster:
    """Return the cluster to start a server on: the named one or the only one; raises ConfigError."""
    named = cluster_of(context.config, arguments)
    if named:
        return _as_logged_in(context, named, arguments)
    known = {one.cluster.name: one.cluster for one in active_sessions(context)}
    known = known or {one.name: one for one in context.config.clusters}
    if len(known) == 1:
        return _with_defaults(context, next(iter(known.values())))
    raise ConfigError(
        f"There are several clusters: {', '.join(known)}" if known else "No cluster is named",
        f"Write `jupystra {arguments.verb} you@host`, or `jupystra {arguments.verb} --cluster NAME`.",
    )


async def log_in(context: VerbContext, cluster: Cluster, arguments: Namespace) -> Session:
    """Return the cluster's session, logging in if needed; raises JupystraError."""
    name = cluster.name
    before = context.state.sessions.get(name)
    same = before is not None and before.cluster.serves(cluster)
    if before and same and before.phase is SessionPhase.UP:
        context.prompts.answer_for(name)
        return before
    context.progress.login(name, before.steps if before and same else ())
    if before and before.phase is SessionPhase.WAITING:
        _require_terminal(before)
    context.prompts.answer_for(name)
    if not same or before is None or before.phase in (SessionPhase.DOWN, SessionPhase.WAITING):
        password = received(arguments.password_fd)
        context.prompts.password_sent = password is not None
        await context.request(protocol.Login(cluster, os.environ.get("SSH_AUTH_SOCK", ""), password))
    try:
        if before and same and before.phase is SessionPhase.WAITING:
            await context.until(lambda: context.state.sessions.get(name) != before, LOGIN_TIMEOUT_SECONDS)
        return await context.until(
            lambda: _up(context, name), LOGIN_TIMEOUT_SECONDS + cluster.startup_seconds
        )
    except TimeoutError as error:
        raise ConnectError(f"{name} does not answer", "The worker keeps trying; try again later.") from error


async def find_and_log_in(context: VerbContext, arguments: Namespace, jobs: Iterable[str] = ()) -> Cluster:
    """Find the cluster of a verb, log in to it, and return it."""
    cluster = await find_cluster(context, arguments, jobs)
    await log_in(context, cluster, arguments)
    return cluster


def _up(context: VerbContext, name: str) -> Session | None:
    session = context.state.sessions.get(name)
    if session is None or session.phase is SessionPhase.UP:
        return session
    if session.phase in (SessionPhase.DOWN, SessionPhase.WAITING) and session.problem:
        raise error_of(session.problem)
    return None


async def _named(context: VerbContext, arguments: Namespace, recent: protocol.Recent) -> Cluster:
    name, own_config = arguments.cluster, config_file(arguments.ssh_config)
    if context.config.cluster(name):
        return _as_logged_in(context, _by_name(context, arguments), arguments)
    succeeded = {one.name: one for one in recent.clusters}
    known = succeeded | {one.cluster.name: one.cluster for one in context.state.sessions.values()}
    found = known.get(name)
    if found and own_config in ("", found.ssh_config):
        return _with_defaults(context, found)
    try:
        is_place = "@" in name or "." in name or name in await _aliases(context, own_config)
        return _by_name(context, arguments, is_place)
    except ConfigError as error:
        lately = f"Recent logins: {', '.join(succeeded)}." if succeeded else ""
        raise ConfigError(error.title, " ".join(filter(None, (error.hint, lately)))) from error


def _by_name(context: VerbContext, arguments: Namespace, is_place: bool = False) -> Cluster:
    """Return the configured cluster or preset; with `is_place`, the cluster at `[USER@]HOST` or an ssh alias."""
    names = {"destination": arguments.cluster, "cluster": None} if is_place else {"destination": None}
    cluster = cluster_of(context.config, Namespace(**{**vars(arguments), "orchestra": False, **names}))
    assert cluster
    return cluster


async def _aliases(context: VerbContext, ssh_config: str) -> tuple[str, ...]:
    outcome = await context.request(protocol.ListHosts(ssh_config or context.config.ssh_config))
    return outcome.aliases if isinstance(outcome, protocol.Hosts) else ()


def _as_logged_in(context: VerbContext, cluster: Cluster, arguments: Namespace) -> Cluster:
    """Return the cluster with its session's ssh configuration, unless the command line names one."""
    session = context.state.sessions.get(cluster.name)
    if session is None or arguments.ssh_config or cluster.ssh_config:
        return cluster
    return structs.replace(cluster, ssh_config=session.cluster.ssh_config)


def _with_defaults(context: VerbContext, cluster: Cluster) -> Cluster:
    configured = context.config.cluster(cluster.name)
    return structs.replace(cluster, defaults=configured.defaults) if configured else cluster


def _has(context: VerbContext, recent: protocol.Recent, cluster: str, job: str) -> bool:
    return (job, cluster) in recent.jobs or context.state.job(cluster, job) is not None


def _require_terminal(session: Session) -> None:
    """Raise NoTerminal if the session waits for the user and there is no terminal; the session is left unchanged."""
    terminal = Terminal.find()
    if terminal:
        terminal.close()
        return
    title = session.problem.title if session.problem else f"{session.cluster.name} needs you to log in"
    raise NoTerminal(title, "Run the command in a terminal, or log in with jupystra-tui.")
