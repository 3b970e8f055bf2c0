"""Clusters, their partitions, and being logged in to one."""

from enum import Enum
from typing import Annotated

import msgspec
from msgspec import Struct

from jupystra_tui.model.request import JobRequest, Problem


def _about(description: str) -> msgspec.Meta:
    return msgspec.Meta(description=description)


class Cluster(Struct, frozen=True):
    """A cluster as the configuration names it; the fields are the keys of a `[clusters.NAME]` table."""

    name: str
    host: Annotated[str, _about("host name, or an alias of the ssh configuration; default: the table's name")]
    user: Annotated[str, _about("user name there; default: what the ssh configuration says")] = ""
    port: Annotated[int, _about("ssh port; 0: what the ssh configuration says")] = 0
    ssh_config: Annotated[str, _about("ssh configuration file, as for ssh -F; default: ssh's own")] = ""
    scheduler: Annotated[str, _about("auto, slurm or lsf")] = "auto"
    poll: Annotated[float, _about("seconds between two polls of the queue")] = 30.0
    poll_floor: Annotated[float, _about("the fewest seconds between two polls that the site allows")] = 10.0
    fingerprints: Annotated[
        tuple[str, ...], _about("the login node's host keys, as the site publishes them")
    ] = ()
    keychain: Annotated[bool, _about("whether the password may be kept in this laptop's keychain")] = False
    memory_unit: Annotated[
        str, _about("what LSF's memory limits count: KB, MB or GB; empty: the site is asked")
    ] = ""
    route: Annotated[
        str, _about("how tunnels get to a node: node (ssh to it), or relay (by the login node)")
    ] = "node"
    defaults: Annotated[JobRequest, _about("launch options that the form begins with")] = JobRequest()

    def serves(self, wanted: "Cluster") -> bool:
        """Return whether a login to this is what is wanted; an ssh configuration that is not named may be any."""
        mine, theirs = ((one.host, one.user, one.port) for one in (self, wanted))
        return mine == theirs and wanted.ssh_config in ("", self.ssh_config)


class Partition(Struct, frozen=True):
    """A Slurm partition or LSF queue. Units: seconds, MiB; None where the site sets none, or does not tell."""

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
    """Where a session stands; the value is the word shown."""

    CONNECTING = "connecting"
    UP = "connected"
    LOST = "reconnecting"
    WAITING = "needs you"
    DOWN = "not connected"


class Session(Struct, frozen=True):
    """A logged-in cluster, or one on its way there.

    `steps` tell how the login goes, oldest first. `every` is the present pause between polls in seconds, `asked` when
    the running poll began (seconds since 1970; 0: none is under way). `silent` is since when the login node has not
    answered on the connection, in seconds since 1970; 0 while it does. `problem` says why it is not connected, or why
    the queue is old. `partitions_read` is when the partitions were read, in seconds since 1970; 0 for never.
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
