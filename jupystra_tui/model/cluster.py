"""Clusters, their partitions and sessions."""

from enum import Enum
from typing import Annotated

import msgspec
from msgspec import Struct

from jupystra_tui.model.request import JobRequest, Problem

AUTOMATIC, PARAMIKO, OPENSSH = "auto", "paramiko", "openssh"


def _about(description: str) -> msgspec.Meta:
    return msgspec.Meta(description=description)


class Cluster(Struct, frozen=True):
    """A cluster in the configuration; the fields are the keys of a `[clusters.NAME]` table."""

    name: str
    host: Annotated[str, _about("host name, or an alias of the ssh configuration; default: the table's name")]
    user: Annotated[str, _about("user name; default: from the ssh configuration")] = ""
    port: Annotated[int, _about("ssh port; 0: from the ssh configuration")] = 0
    ssh_config: Annotated[str, _about("ssh configuration file, as for ssh -F; default: ssh's own")] = ""
    scheduler: Annotated[str, _about("the name of a scheduler; auto: the one that is found")] = "auto"
    poll: Annotated[float, _about("seconds between two polls of the queue")] = 30.0
    poll_floor: Annotated[float, _about("the fewest seconds between two polls that the site allows")] = 10.0
    startup_seconds: Annotated[
        float, _about("seconds that your start-up files on the login node may take")
    ] = 30.0
    fingerprints: Annotated[
        tuple[str, ...], _about("fingerprints of the login node's host keys, as published by the site")
    ] = ()
    keychain: Annotated[bool, _about("whether the password may be kept in this laptop's keychain")] = False
    memory_unit: Annotated[
        str, _about("unit of the scheduler's memory limits: KB, MB or GB; empty: as the site reports it")
    ] = ""
    route: Annotated[
        str, _about("how tunnels reach a compute node: node (ssh to it), or relay (through the login node)")
    ] = "node"
    transport: Annotated[
        str,
        _about(
            "what carries the connection: paramiko, openssh (your own ssh), or auto (paramiko where it can)"
        ),
    ] = AUTOMATIC
    clusters: Annotated[
        tuple[str, ...],
        _about("names of the scheduler's clusters to use, where a login node has several; default: its own"),
    ] = ()
    defaults: Annotated[JobRequest, _about("default launch options")] = JobRequest()

    def serves(self, wanted: "Cluster") -> bool:
        """Return whether a login to this cluster serves for `wanted`; without an ssh_config, any will do."""
        mine, theirs = ((one.host, one.user, one.port) for one in (self, wanted))
        return mine == theirs and wanted.ssh_config in ("", self.ssh_config)


class Partition(Struct, frozen=True):
    """A partition (or queue). Units: seconds, MiB; None if the site has no such limit or does not report it."""

    name: str
    default: bool = False
    up: bool = True
    max_time: int | None = None
    nodes: int = 0
    idle_nodes: int | None = None
    cores_per_node: int | None = None
    memory_per_node: int | None = None
    gpus: str | None = ""


class SessionPhase(Enum):
    """The phase of a session; the value is the word shown."""

    CONNECTING = "connecting"
    UP = "connected"
    LOST = "reconnecting"
    WAITING = "needs you"
    DOWN = "not connected"


class Session(Struct, frozen=True):
    """A cluster that is logged in or being logged in to.

    `steps` are the login's log lines, oldest first. `every` is the present interval between polls in seconds. `asked`
    is when the running poll began, 0 if none is running; `silent` is since when the login node has not answered on the
    connection, 0 while it answers; `partitions_read` is when the partitions were read, 0 for never: all in seconds
    since 1970. `problem` says why it is not connected, or why the queue is out of date.
    """

    cluster: Cluster
    phase: SessionPhase
    user: str = ""
    login_node: str = ""
    scheduler: str = ""
    version: str = ""
    steps: tuple[str, ...] = ()
    partitions: tuple[Partition, ...] = ()
    partitions_read: float = 0.0
    every: float = 30.0
    asked: float = 0.0
    silent: float = 0.0
    problem: Problem | None = None
