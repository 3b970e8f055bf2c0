"""Clusters, their partitions, and being logged in to one."""

from enum import Enum

from msgspec import Struct

from jupystra_tui.model.request import JobRequest, Problem


class Cluster(Struct, frozen=True):
    """A cluster as the configuration names it.

    `host` is a host name or an alias of the ssh configuration, `user` and `port` are empty or 0 where that decides;
    `ssh_config` is what OpenSSH gets as -F, `fingerprints` are the login node's as the site publishes them. `scheduler`
    is `auto`, `slurm` or `lsf`; `memory_unit` is what LSF's memory limits count (KB, MB, GB), empty to ask the site.
    `poll` is the pause between two looks at the queue, `poll_floor` the least the site allows, both in seconds.
    `route` is how tunnels get to a node: `node`, by ssh to it, or `relay`, by a port on the login node. `keychain`
    allows to keep the password in the laptop's own keychain.
    """

    name: str
    host: str
    user: str = ""
    port: int = 0
    ssh_config: str = ""
    scheduler: str = "auto"
    poll: float = 30.0
    poll_floor: float = 10.0
    fingerprints: tuple[str, ...] = ()
    keychain: bool = False
    memory_unit: str = ""
    route: str = "node"
    defaults: JobRequest = JobRequest()

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
    default_time: int | None = None
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
