"""Runs the checks before the login (laptop, login) or after it (login node, tunnels)."""

from collections.abc import Iterable

from msgspec import structs

from jupystra_tui.errors import ConnectError
from jupystra_tui.model import Action, Cluster, SessionPhase
from jupystra_tui.model.finding import Finding
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.worker.doctor.checks import LAPTOP, SITE, examine
from jupystra_tui.worker.doctor.contexts import LaptopContext, SiteContext
from jupystra_tui.worker.session import ClusterSession


async def examine_laptop(
    cluster: Cluster, agent: str, folders: Folders, session: ClusterSession | None
) -> tuple[Finding, ...]:
    """Return the findings before the login; `session` is the cluster's, if there is one."""
    up = session is not None and session.shown.phase is SessionPhase.UP
    connection = await session.connection() if session and up else None
    context = LaptopContext(cluster, agent, folders, connection)
    try:
        return await examine(LAPTOP, context)
    finally:
        await context.aclose()


async def examine_site(
    session: ClusterSession, folders: Folders, open_nodes: frozenset[str]
) -> tuple[Finding, ...]:
    """Return the findings after the login; raises ConnectError if the session is not logged in."""
    if session.shown.phase is not SessionPhase.UP:
        raise ConnectError(f"Not logged in to {session.cluster.name}", "Log in first.", action=Action.LOG_IN)
    context = SiteContext(session, await session.connection(), folders, open_nodes)
    try:
        findings = await examine(SITE, context)
        return tuple(structs.replace(one, nodes=_named(one, context.tried)) for one in findings)
    finally:
        await context.aclose()


def _named(finding: Finding, nodes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(node for node in nodes if node in finding.seen))
