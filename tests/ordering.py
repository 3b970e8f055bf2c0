"""Starts launches from command line arguments, by a front end or by `jupystra start`."""

import random
import socket
from contextlib import suppress
from pathlib import Path

from jupystra_tui import paths, protocol
from jupystra_tui.cli import dashboard_parser
from jupystra_tui.frontend.config import Config
from jupystra_tui.frontend.flags import cluster_of
from jupystra_tui.frontend.launch_flags import order_of
from jupystra_tui.model import Cluster, Launch, Order

from .front_end import FrontEnd
from .terminal.terminal import Terminal

PORTS = range(2048, 8000)
CONFIGURATION = """[clusters.{name}]
host = "{host}"
ssh_config = "{ssh_config}"
poll = 1.0
poll_floor = 0.5
[clusters.{name}.defaults]
memory = "500M"
walltime = "0:10:00"
"""


def order(cluster: Cluster, *words: str) -> Order:
    """Return the order of these arguments, for a configured cluster."""
    arguments = dashboard_parser().parse_args([cluster.name, *words])
    named = cluster_of(Config(clusters=(cluster,)), arguments)
    assert named == cluster
    ordered = order_of(named, arguments)
    assert ordered
    return ordered


async def started(front_end: FrontEnd, *words: str) -> Launch:
    """Start the launch of these arguments, and return it after it ended."""
    cluster = front_end.cluster
    ordered = order(cluster, *words)
    start = protocol.Start(cluster.name, ordered.request(cluster.defaults), ordered.script)
    outcome = await front_end.client.request(start)

    def over() -> Launch | None:
        launch = front_end.launches.get(outcome.launch)
        return launch if launch and launch.over else None

    return await front_end.until(over, "the launch", 40.0)


def free_port() -> int:
    """Return a free local port, of those that the system does not give to outgoing connections a moment later."""
    while True:
        with suppress(OSError), socket.create_server(("127.0.0.1", random.choice(PORTS))) as free:
            return int(free.getsockname()[1])


def in_terminal(cluster: Cluster, *words: str) -> Terminal:
    """Run `jupystra start CLUSTER WORDS` in a terminal; the configuration that it reads is written first."""
    place = paths.config_file()
    place.parent.mkdir(parents=True, exist_ok=True)
    text = CONFIGURATION.format(name=cluster.name, host=cluster.host, ssh_config=Path(cluster.ssh_config))
    place.write_text(text)
    return Terminal("start", cluster.name, *words, columns=100, module="jupystra_tui.verbs")
