"""A front end for tests: attaches to a real worker, keeps its reported state, and waits for conditions."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, TypeVar

import pytest

from jupystra_tui import paths, protocol
from jupystra_tui.frontend.client import Client
from jupystra_tui.model import (
    Cluster,
    Job,
    JobRequest,
    KillPart,
    Launch,
    Prompt,
    Session,
    SessionPhase,
    Snapshot,
    Tunnel,
    TunnelState,
)
from jupystra_tui.text import Secret

T = TypeVar("T")
SMALL = JobRequest(walltime=600, memory=500)


class FrontEnd:
    """State of one front end. Prompts get `answers` in turn; a prompt without an answer fails the test."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.session: Session | None = None
        self.snapshot = Snapshot(cluster.name, 0.0)
        self.tunnels: tuple[Tunnel, ...] = ()
        self.launches: dict[str, Launch] = {}
        self.progress: list[Launch] = []
        self.prompts: list[Prompt] = []
        self.answers: list[str | None] = []
        self.lost = False
        self._changed = asyncio.Event()
        self.client = Client(self._take, self._on_lost)

    async def log_in(self, seconds: float = 15.0) -> Session:
        """Log in and return the session once it is up; fails with the session's problem."""
        await self.client.request(protocol.Login(self.cluster))
        return await self.until(lambda: self._up(), "the login", seconds)

    async def launch(self, request: JobRequest = SMALL, seconds: float = 40.0) -> Launch:
        """Start a server and return its launch after it ended, ready or failed."""
        started = await self.client.request(protocol.Start(self.cluster.name, request))
        return await self.until(lambda: self._over(started.launch), "the launch", seconds)

    async def connect(self, job: str) -> Tunnel:
        """Connect to a job's server and return its tunnel."""
        connected = await self.client.request(protocol.Connect(self.cluster.name, job))
        return await self.until(lambda: self.tunnel(connected.tunnel), "the tunnel")

    async def url(self, tunnel: str) -> str:
        """Return the URL for the browser."""
        outcome = await self.client.request(protocol.GetUrl(tunnel))
        return outcome.url.reveal()

    async def kill(self, *ids: str) -> protocol.Killed:
        """Kill jobs in their current state."""
        return await self.confirm(*(await self.plan_kill(*ids)).parts)

    async def plan_kill(self, *ids: str) -> protocol.KillPlan:
        """Request what a kill of these jobs would kill."""
        plan = await self.client.request(protocol.PlanKill(self.cluster.name, ids))
        assert isinstance(plan, protocol.KillPlan)
        return plan

    async def confirm(self, *parts: KillPart) -> protocol.Killed:
        """Kill these parts, as after the user confirmed."""
        killed = await self.client.request(protocol.Cancel(self.cluster.name, parts))
        assert isinstance(killed, protocol.Killed)
        return killed

    def tunnel(self, name: str) -> Tunnel | None:
        """Return a tunnel that is up and ready."""
        return next(
            (one for one in self.tunnels if one.id == name and one.state is TunnelState.UP and one.ready),
            None,
        )

    def job(self, key: str) -> Job | None:
        """Return a job of the last snapshot."""
        return next((job for job in self.snapshot.jobs if key in (job.key, job.id, job.name)), None)

    async def until(
        self, condition: Callable[[], T | Literal[False] | None], what: str, seconds: float = 15.0
    ) -> T:
        """Return the first true value of `condition`, evaluated after each event; fails after `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                while not (value := condition()):
                    self._changed.clear()
                    await self._changed.wait()
                return value
        except TimeoutError:
            pytest.fail(
                f"waited {seconds:g} s for {what}; session: {self.session}; jobs: {self.snapshot.jobs}; {self.tunnels}"
            )

    def _up(self) -> Session | None:
        session = self.session
        if session and session.phase is SessionPhase.DOWN and session.problem:
            pytest.fail(f"the login failed: {session.problem}")
        return session if session and session.phase is SessionPhase.UP and self.snapshot.taken else None

    def _over(self, name: str) -> Launch | None:
        launch = self.launches.get(name)
        return launch if launch and launch.over else None

    def _on_lost(self) -> None:
        self.lost = True
        self._changed.set()

    def _take(self, event: protocol.Event) -> None:
        match event:
            case protocol.SessionChanged(session):
                self.session = session
            case protocol.SessionClosed():
                self.session = None
            case protocol.SnapshotTaken(snapshot):
                self.snapshot = snapshot
            case protocol.TunnelsChanged(tunnels):
                self.tunnels = tunnels
            case protocol.LaunchChanged(launch):
                self.launches[launch.id] = launch
                self.progress.append(launch)
            case protocol.PromptAsked(prompt):
                self._answer(prompt)
        self._changed.set()

    def _answer(self, prompt: Prompt) -> None:
        self.prompts.append(prompt)
        assert self.answers, f"nobody expected to be asked: {prompt}"
        answer = self.answers.pop(0)
        task = asyncio.create_task(
            self.client.request(
                protocol.Answer(prompt.id, Secret(answer) if answer is not None else None, bool(prompt.keep))
            )
        )
        task.add_done_callback(lambda done: done.exception())


@asynccontextmanager
async def attached(cluster: Cluster) -> AsyncIterator[FrontEnd]:
    """An attached front end, detached at the end; the worker keeps running."""
    front_end = FrontEnd(cluster)
    await front_end.client.open()
    try:
        yield front_end
    finally:
        await front_end.client.aclose()


def worker_pid() -> int:
    """Return the process id of the running worker, 0 before it is written."""
    return int((paths.runtime_folder() / "worker.lock").read_text() or 0)


def kill_worker() -> None:
    """End the worker as a crash would."""
    os.kill(worker_pid(), signal.SIGKILL)


def ssh_processes(home: Path) -> list[str]:
    """Return the command lines of the ssh processes whose sockets lie below `home`."""
    return list(_ssh(home).values())


def kill_ssh(home: Path) -> None:
    """Kill the ssh processes whose sockets lie below `home`."""
    for pid in _ssh(home):
        os.kill(pid, signal.SIGKILL)


def _ssh(home: Path) -> dict[int, str]:
    found = {}
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(b"ssh") and any(bytes(home) in word for word in words):
            found[int(entry.parent.name)] = b" ".join(words).decode()
    return found
