"""The routes from a session to a compute node: ssh through the login node, or an ssh that runs on it."""

from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.host_keys import lookup
from jupystra_tui.ssh.node_errors import NodeKeyChanged
from jupystra_tui.ssh.node_host_keys import accept_new_key, ensure_host_key
from jupystra_tui.ssh.relay import open_relay
from jupystra_tui.ssh.route import Route
from jupystra_tui.ssh.ssh_tunnel import NodeTarget, open_tunnel
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.worker.node_answers import NodeAnswers, asker
from jupystra_tui.worker.node_files import node_files
from jupystra_tui.worker.session import ClusterSession


def is_relayed(session: ClusterSession, relay: int) -> bool:
    """Return whether a tunnel passes through an ssh on the login node; `relay` is its port there, 0 for none."""
    return bool(relay) or session.cluster.route == "relay"


def hosts(session: ClusterSession, node: str, relay: int) -> tuple[str, str]:
    """Return the hosts that a tunnel to a node passes, as they are shown."""
    login = session.site.login_node
    return (f"{login}:{relay or 'ssh'}" if is_relayed(session, relay) else login, node)


async def open_route(
    session: ClusterSession, connection: Connection, node: str, relay: int, folders: Folders, attended: bool
) -> Route:
    """Return a way to a node that has authenticated; raises as `start_route` does, and what `Route.ready` raises.

    Where the node shows a new key, it is offered to the user if the login node confirms it.
    """
    try:
        return await _entered(session, connection, node, relay, folders, attended)
    except NodeKeyChanged as error:
        files = node_files(connection, node, folders)
        async with session.credentials.locks[f"the key of {files.name}"]:
            await accept_new_key(
                connection, node, files.name, files.known_hosts, asker(session, attended), error
            )
        return await _entered(session, connection, node, relay, folders, attended)


async def _entered(
    session: ClusterSession, connection: Connection, node: str, relay: int, folders: Folders, attended: bool
) -> Route:
    route = await start_route(session, connection, node, relay, folders, attended)
    try:
        await route.ready()
    except BaseException:
        await route.aclose()
        raise
    return route


async def start_route(
    session: ClusterSession, connection: Connection, node: str, relay: int, folders: Folders, attended: bool
) -> Route:
    """Return a way to a node that has begun to authenticate; `attended` is whether the user may be asked.

    Raises JupystraError; GivenUp if there was a prompt and no prompt may be shown.
    """
    files = node_files(connection, node, folders)
    async with session.credentials.locks[f"the key of {files.name}"]:
        await ensure_host_key(connection, node, files.name, files.known_hosts, asker(session, attended))
    if is_relayed(session, relay):
        keys = await in_thread(lookup, files.name, files.known_hosts)
        return await open_relay(connection, node, files.name, keys, relay)
    target = NodeTarget(node, files.name, files.known_hosts, files.key)
    return await open_tunnel(connection, target, folders, NodeAnswers(session, node, attended))
