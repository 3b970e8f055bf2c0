"""One job with a server on the real cluster, and two laptops with a tunnel to it."""

import asyncio
import os
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from msgspec.structs import replace

from jupystra_tui import protocol
from jupystra_tui.frontend.client import Client
from jupystra_tui.model import Cluster, JobState, Problem, Prompt, SessionPhase, Tunnel

from ..cluster.nodes import LOGIN
from ..cluster.site import Site
from ..front_end import SMALL, FrontEnd, worker_pid
from ..ordering import free_port
from .clock import Clock

REQUEST = replace(SMALL, walltime=3500)
LOOK_SECONDS = 0.1
ASK_SECONDS = 2.0


class Witness(FrontEnd):
    """A front end that keeps all it is told; a question that nobody expects is kept and not answered."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.phases: list[SessionPhase] = []
        self.problems: list[Problem] = []
        self.down: list[Tunnel] = []
        self.ready_ports: set[int] = set()

    def _take(self, event: protocol.Event) -> None:
        super()._take(event)
        match event:
            case protocol.SessionChanged(session):
                self.phases.append(session.phase)
                if session.problem:
                    self.problems.append(session.problem)
            case protocol.TunnelsChanged(tunnels):
                self.down += [one for one in tunnels if not one.ready]
                self.ready_ports |= {one.local_port for one in tunnels if one.ready}

    def _answer(self, prompt: Prompt) -> None:
        if self.answers:
            super()._answer(prompt)
        else:
            self.prompts.append(prompt)

    async def until_up(self) -> None:
        """Wait until the session is up."""
        await self.until(
            lambda: self.session and self.session.phase is SessionPhase.UP, "the session to be up", 30.0
        )


class Laptop:
    """A laptop of its own: a folder with its worker, a port for its tunnel, and the address behind that."""

    def __init__(self, home: Path, cluster: Cluster) -> None:
        self.home = home
        self.cluster = cluster
        self.port = free_port()
        self.tunnel = ""
        self.url = ""
        home.mkdir(mode=0o700)

    @contextmanager
    def here(self) -> Iterator[None]:
        """Be on this laptop."""
        before = os.environ.get("JUPYSTRA_HOME")
        os.environ["JUPYSTRA_HOME"] = str(self.home)
        try:
            yield
        finally:
            del os.environ["JUPYSTRA_HOME"]
            if before is not None:
                os.environ["JUPYSTRA_HOME"] = before

    @asynccontextmanager
    async def attached(self) -> AsyncIterator[Witness]:
        """A front end on this laptop; a worker is started if there is none, and lives on."""
        witness = Witness(self.cluster)
        await self.open(witness)
        try:
            yield witness
        finally:
            await witness.client.aclose()

    async def open(self, witness: Witness) -> None:
        """Attach a front end, again if its worker went."""
        with self.here():
            await witness.client.aclose()
            await witness.client.open()
        witness.lost = False

    async def connect(self, witness: Witness, job: str) -> None:
        """Have the tunnel to the job's server at this laptop's port, whatever was before."""
        await witness.client.request(protocol.Login(self.cluster))
        await witness.until_up()
        connected = await witness.client.request(protocol.Connect(self.cluster.name, job, self.port))
        assert isinstance(connected, protocol.Connected)
        await witness.until(lambda: witness.tunnel(connected.tunnel), "the tunnel", 30.0)
        self.tunnel = connected.tunnel
        self.url = await witness.url(connected.tunnel)

    @property
    def token(self) -> str:
        """The server's token, which no other program may hear."""
        return parse_qs(urlsplit(self.url).query)["token"][0]

    def worker(self) -> int:
        """The worker's process id."""
        with self.here():
            return worker_pid()

    async def stop(self) -> None:
        """End the worker with its tunnels."""
        with self.here():
            await Client(lambda event: None, lambda: None).stop_running()

    def answers(self) -> bool:
        """Whether the server answers with its token at this laptop's port."""
        parts = urlsplit(self.url)
        address = f"http://127.0.0.1:{self.port}{parts.path}api/status"
        request = urllib.request.Request(address, headers={"Authorization": f"token {self.token}"})
        try:
            with urllib.request.urlopen(request, timeout=ASK_SECONDS) as response:
                return bool(response.status == 200)
        except (OSError, ValueError):
            return False

    async def back(self, limit: float) -> float:
        """Return after how many seconds the server answers at the same port; fails after `limit`."""
        began = time.monotonic()
        while not await asyncio.to_thread(self.answers):
            passed = time.monotonic() - began
            assert passed < limit, f"port {self.port} of {self.home.name} did not answer within {limit:g} s"
            await asyncio.sleep(LOOK_SECONDS)
        return time.monotonic() - began


class Lab:
    """A cluster and what the tests of this folder share on it. `attended` has a front end in a test, `alone` none."""

    def __init__(self, site: Site, folder: Path, clock: Clock) -> None:
        cluster = Cluster(
            "hpc", site.login_alias, ssh_config=str(site.ssh_config), poll=30.0, poll_floor=10.0
        )
        self.site = site
        self.cluster = cluster
        self.folder = folder
        self.clock = clock
        self.attended = Laptop(folder / "attended", cluster)
        self.alone = Laptop(folder / "alone", cluster)
        self.job = ""

    @property
    def laptops(self) -> tuple[Laptop, Laptop]:
        """Both laptops."""
        return self.attended, self.alone

    @asynccontextmanager
    async def up(self) -> AsyncIterator[Witness]:
        """Both tunnels up, and a front end attached to the one; the other is left by its front end."""
        async with self.attended.attached() as witness:
            await witness.client.request(protocol.Login(self.cluster))
            await witness.until_up()
            await self._serve(witness)
            await self.attended.connect(witness, self.job)
            async with self.alone.attached() as passing:
                await self.alone.connect(passing, self.job)
            yield witness

    async def back(self, limit: float) -> tuple[float, ...]:
        """Return after how many seconds each laptop's port answers again; fails after `limit`."""
        return tuple(await asyncio.gather(*(one.back(limit) for one in self.laptops)))

    async def stop(self) -> None:
        """End the workers with their tunnels."""
        for laptop in self.laptops:
            await laptop.stop()

    async def breaks(self, times: int, limit: float) -> None:
        """Have the login node drop the connections again and again, each time the ports answer."""
        for _ in range(times):
            await asyncio.to_thread(self.site.kill_sessions, LOGIN)
            await self.back(limit)

    def repair(self) -> None:
        """Undo what a test has switched, and cancel all jobs but the one that is shared."""
        self.site.repair()
        if others := self.jobs() - {self.job}:
            self.site.run(LOGIN, "scancel", *others)

    def jobs(self) -> set[str]:
        """The jobs of the user that wait or run, or are about to end."""
        return set(self.site.as_user("squeue -h --me -t PD,R,CG -o %A").stdout.split())

    def node(self, witness: Witness) -> str:
        """The node that the attended laptop's tunnel leads to."""
        [node] = [one.node for one in witness.tunnels if one.id == self.attended.tunnel]
        return node

    async def _serve(self, witness: Witness) -> None:
        """See that the job runs; start it if not."""
        if self.job and self.job in self.jobs():
            return
        launch = await witness.launch(REQUEST, 60.0)
        assert launch.ready, launch.problem
        self.job = launch.job
        seen = witness.job(self.job)
        assert seen is None or seen.state is JobState.RUNNING
