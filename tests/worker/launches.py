"""A launch without a cluster: its clock jumps, its job is submitted already, and a story tells what happens to it."""

import asyncio
import selectors
from collections.abc import Coroutine
from types import SimpleNamespace
from typing import Any

from msgspec.structs import replace

from jupystra_tui.errors import ConnectError, JupystraError
from jupystra_tui.model import Cluster, Job, JobRequest, JobState, Snapshot
from jupystra_tui.schedulers.slurm import SCHEDULER as SLURM
from jupystra_tui.ssh.shell import CommandResult
from jupystra_tui.worker.event_hub import EventHub
from jupystra_tui.worker.launcher import Launcher
from jupystra_tui.worker.prepared_job import PreparedJob
from jupystra_tui.worker.submitter import SubmittedJob

WEEK = 7 * 86400.0
PREPARED = PreparedJob("t1", "/home/ada/.jupystra/jobs/t1/jupyter.log", "#!/bin/bash\n")


class _Jump(selectors.SelectSelector):
    """Waits for nothing: a wait that nothing ends moves the clock on."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready and timeout:
            self.now += timeout
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop whose seconds pass as soon as everybody waits for them."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        return self._jump.now


def run(story: Coroutine[Any, Any, None]) -> None:
    """Run a story; one that waits for more than a week of the jumping clock fails."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(asyncio.wait_for(story, WEEK))


class Watcher:
    """A queue with one job, looked at every 30 s."""

    def __init__(self) -> None:
        self.news = asyncio.Condition()
        self.snapshot = Snapshot("hpc", 1.0)
        self.seen = Job("7", "7", "lab", JobState.PENDING)

    def job(self, key: str) -> Job:
        return self.seen

    def acted(self) -> None:
        pass

    async def tell(self, **changes: Any) -> None:
        self.seen = replace(self.seen, **changes)
        async with self.news:
            self.news.notify_all()

    async def poll(self) -> None:
        while True:
            await asyncio.sleep(30.0)
            await self.tell()


class Cluster7:
    """A session whose job 7 is in its set-up: it has a node, and no server. `looks` are the times of the looks."""

    def __init__(self, node: str = "n1") -> None:
        self.cluster = Cluster("hpc", "hpc.example.org")
        self.site = SimpleNamespace(scheduler=SLURM)
        self.watcher = Watcher()
        self.node = node
        self.looks: list[float] = []

    async def until_up(self) -> None:
        pass

    async def connection(self) -> Any:
        raise ConnectError("nothing is read here")

    async def run(self, script: str, limit: float = 25.0) -> CommandResult:
        self.looks.append(asyncio.get_running_loop().time())
        mark = script.split("\\036%sfolder")[1].split()[1]
        return CommandResult(0, f"\x1e{mark}folder\x1ft1\x1f7\x1f{self.node}\x1f\x1f\n".encode(), b"")


class Tunnels:
    """Opens what is asked for, or refuses with `error`."""

    def __init__(self, error: JupystraError | None = None) -> None:
        self.error = error

    async def reach(self, *_: Any) -> Any:
        if self.error:
            raise self.error
        return SimpleNamespace(shown=SimpleNamespace(id="1", node="n1", ready=False))

    async def close(self, name: str) -> None:
        pass


class Submitted:
    """Stands for the submission of job 7."""

    def __init__(self, *_: Any) -> None:
        pass

    async def run(self) -> SubmittedJob:
        return SubmittedJob("7")


def launch(cluster: Cluster7, tunnels: Tunnels | None = None) -> tuple[Launcher, "asyncio.Task[None]"]:
    """Begin to follow job 7."""
    one = Launcher(cluster, JobRequest(), PREPARED, EventHub(), tunnels or Tunnels())  # type: ignore[arg-type]
    return one, asyncio.ensure_future(one.run())
