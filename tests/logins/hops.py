"""A tunnel to a compute node, as the worker opens one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from jupystra_tui.ssh.answers import HopAnswers
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.nodekeys import know
from jupystra_tui.ssh.tunnel import SshTunnel, Target, open_tunnel

from .someone import Someone

NODE, FILED_AS = "n1", "n1.hpc"


@asynccontextmanager
async def hop(connection: Connection, someone: Someone, laptop: Path) -> AsyncIterator[SshTunnel]:
    """An ssh that is in on the node."""
    files = (laptop / "node_hosts", laptop / "node_hosts.once")
    await know(connection, NODE, FILED_AS, files, someone.ask)
    answers = HopAnswers(NODE, someone.ask, someone.steps.append, someone.vault)
    tunnel = await open_tunnel(connection, Target(NODE, FILED_AS, files), Folders(laptop, laptop), answers)
    try:
        await tunnel.ready()
        yield tunnel
    finally:
        await tunnel.aclose()
