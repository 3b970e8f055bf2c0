"""The people, jobs and tunnels that the stories are about."""

from jupystra_tui import protocol
from jupystra_tui.model import (
    AppServer,
    Cluster,
    Job,
    JobState,
    Partition,
    Session,
    SessionPhase,
    Snapshot,
    Tunnel,
    TunnelState,
)
from jupystra_tui.model.reason import NO_REASON
from jupystra_tui.schedulers.slurm.slurm_reasons import reason_of
from tests.ui.conftest import NOON

O2 = Cluster("o2", "o2.example.edu", user="alice")

PARTITIONS = (
    Partition("short", True, True, 43200, 24, 9, 16, 65536),
    Partition("long", False, True, 2592000, 12, 0, 32, 262144),
    Partition("gpu", False, True, 86400, 4, 0, 48, 515072, "a100:4"),
    Partition("attic", False, False, None, 2, 0, 8, 16384),
)

SESSION = Session(
    O2,
    SessionPhase.UP,
    user="alice",
    login_node="login02",
    scheduler="slurm",
    version="22.05",
    steps=("host key of o2.example.edu is known", "key id_ed25519 accepted", "slurm 22.05.8 found"),
    partitions=PARTITIONS,
)

LAB = Job(
    "4711", "4711", "jupyter-lab", JobState.RUNNING, "RUNNING", NO_REASON, "short", "c1", "c1",
    left=42127, limit=64800, used=22673, cores=4, memory=8192, account="kim", submitted="2026-01-01T05:42:00",
)  # fmt: skip
WAITING = Job(
    "4712", "4712", "gpu-notebook", JobState.PENDING, "PENDING", reason_of("Resources"), "gpu",
    left=14400, limit=14400, cores=8, memory=65536, gpus="a100:1", starts="2026-01-01T14:20:00",
    submitted="2026-01-01T11:48:00",
)  # fmt: skip
DASK = Job(
    "4709", "4709", "dask-explore", JobState.RUNNING, "RUNNING", NO_REASON, "short", "c2", "c2",
    left=11455, limit=14400, used=2945, cores=2, memory=4096, submitted="2026-01-01T11:08:00",
)  # fmt: skip
ALIGN = Job(
    "4690_[3-40]",
    "4690",
    "align",
    JobState.DONE,
    "COMPLETED",
    NO_REASON,
    "long",
    "c7",
    "c7",
    limit=7200,
    used=4100,
)
UNET = Job(
    "4688", "4688", "train-unet", JobState.OUT_OF_MEMORY, "OUT_OF_MEMORY", reason_of("OutOfMemory"), "gpu", "g1", "g1",
    limit=86400, used=3600, cores=8, memory=8192,
)  # fmt: skip
OLD = Job(
    "4671",
    "4671",
    "jupyter-lab",
    JobState.TIMEOUT,
    "TIMEOUT",
    reason_of("TimeLimit"),
    "short",
    "c3",
    "c3",
    limit=43200,
    used=43201,
)

JOBS = (LAB, WAITING, DASK, ALIGN, UNET, OLD)
SERVERS = (
    AppServer("4711", "k3v9", "c1", 40123, "/", "2.21.1", "/home/alice/projects/atlas"),
    AppServer("4709", "m2x4", "c2", 40991, "/", "2.21.1", "/home/alice"),
)
QUEUE = Snapshot("o2", NOON - 4, JOBS, SERVERS)

TUNNEL = Tunnel(
    "t1", "o2", "4711", "jupyter-lab", "c1", TunnelState.UP, 8888, 40123, True, NOON - 7860,
    2, 1, 720.0, 41.0, 48_000_000, 2_100_000, ("laptop", "login02", "c1"),
)  # fmt: skip
SECOND = Tunnel(
    "t2", "o2", "4709", "dask-explore", "c2", TunnelState.UP, 8787, 40991, False, NOON - 2880,
    round_trip=43.0, received=3000, route=("laptop", "login02", "c2"), reason="the server does not answer",
)  # fmt: skip
BROKEN = Tunnel(
    "t3", "orchestra", "901", "jupyter-lab", "clarinet002", TunnelState.RETRYING, 8890, 41000,
    since=NOON - 60, route=("laptop", "orchestra", "clarinet002"), reason="the login node stopped answering",
    retry_at=NOON + 92,
)  # fmt: skip


def everything() -> tuple[protocol.Event, ...]:
    """Return what a worker tells a front end that comes back to a session at work."""
    return (
        protocol.SessionChanged(SESSION),
        protocol.SnapshotTaken(QUEUE),
        protocol.TunnelsChanged((TUNNEL,)),
    )
