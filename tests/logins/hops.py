"""A tunnel to a compute node, as the worker opens one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from jupystra_tui.ssh.askpass_answers import AskpassAnswers
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.node_host_keys import ensure_host_key
from jupystra_tui.ssh.ssh_tunnel import NodeTarget, SshTunnel, open_tunnel

from .someone import Someone

NODE, FILED_AS = "n1", "n1.hpc"


@asynccontextmanager
async def hop(connection: Connection, someone: Someone, laptop: Path) -> AsyncIterator[SshTunnel]:
    """An ssh that is in on the node."""
    files = (laptop / "node_hosts", laptop / "node_hosts.once")
    await ensure_host_key(connection, NODE, FILED_AS, files, someone.ask)
    answers = AskpassAnswers(NODE, someone.ask, someone.steps.append, someone.vault)
    tunnel = await open_tunnel(
        connection, NodeTarget(NODE, FILED_AS, files), Folders(laptop, laptop), answers
    )
    try:
        await tunnel.ready()
        yield tunnel
    finally:
        await tunnel.aclose()
