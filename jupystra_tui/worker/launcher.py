"""A launch: submit, wait for a node, wait for the server, connect."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from functools import partial

import msgspec

from jupystra_tui.apps.discovery import DiscoveredServer, JobFolder
from jupystra_tui.apps.folder import folder_shown
from jupystra_tui.errors import ConnectError, GivenUp, JupystraError, LaunchError, MaybeSubmitted, TunnelError
from jupystra_tui.model import Action, Job, JobRequest, JobState, Launch, Problem, Step, StepName, StepState
from jupystra_tui.ssh.relay import check_port
from jupystra_tui.worker.connect_scripts import write_script
from jupystra_tui.worker.event_hub import EventHub
from jupystra_tui.worker.folder_poll_pace import FolderPollPace
from jupystra_tui.worker.following import NotFollowed, while_followed
from jupystra_tui.worker.given_up import take_back
from jupystra_tui.worker.launch_commands import answers, log_end, poll_folder
from jupystra_tui.worker.launch_endings import JobOver, explain_end, failure_in
from jupystra_tui.worker.launch_steps import LaunchSteps
from jupystra_tui.worker.prepared_job import PreparedJob
from jupystra_tui.worker.problems import internal_error, problem_of
from jupystra_tui.worker.session import ClusterSession
from jupystra_tui.worker.submitter import Submitter
from jupystra_tui.worker.tunnel_actor import TunnelActor
from jupystra_tui.worker.tunnels import TunnelSupervisor
from jupystra_tui.worker.unwritable_folder import FULL_HOME

LOOKS_WITHOUT = 3

log = logging.getLogger(__name__)


class Launcher:
    """One launch of what `prepared` holds. `run` goes through to the end and shows what the user should read.

    `on_job` gets the job's id; `script` is whether a connect script is written.
    """

    def __init__(
        self,
        session: ClusterSession,
        request: JobRequest,
        prepared: PreparedJob,
        hub: EventHub,
        tunnels: TunnelSupervisor,
        on_job: Callable[[str], None] = lambda job: None,
        script: bool = False,
    ) -> None:
        self._steps = LaunchSteps(
            Launch(secrets.token_hex(4), session.cluster.name, request, tuple(map(Step, StepName))), hub
        )
        self._session = session
        self._tunnels = tunnels
        self._on_job = on_job
        self._script = script
        self._prepared = prepared
        self._tunnel: TunnelActor | None = None
        self._missing: set[float] = set()
        self._left = asyncio.Event()
        self._given_up = False
        self._now = asyncio.get_running_loop().time
        self._pace = FolderPollPace(session.cluster.poll_floor, session.cluster.poll, self._now())

    @property
    def shown(self) -> Launch:
        """The launch as front ends see it."""
        return self._steps.shown

    async def run(self) -> None:
        """Launch; progress is shown in `shown` and published. A submission that was given up is taken back."""
        try:
            await self._submit()
            await self._serve()
        except JupystraError as error:
            await self._fail(error)
            if self._given_up:
                await take_back(self._session, self.shown.request, self._prepared.tag)
        except asyncio.CancelledError:
            self._steps.show(
                problem=Problem("This launch is no longer followed", "Its job, if there is one, continues.")
            )
            raise
        except Exception as error:
            log.exception("a launch failed")
            self._steps.show(problem=internal_error(error))

    def leave(self) -> None:
        """Stop following the job, unless it runs already: it stays in the queue."""
        self._left.set()

    async def _submit(self) -> None:
        request = self.shown.request
        self._steps.step(StepName.SUBMIT, StepState.NOW)
        if request.relay_port:
            await check_port(await self._session.connection(), request.relay_port)
        say = partial(self._steps.step, StepName.SUBMIT, StepState.NOW)
        try:
            placed = await Submitter(self._session, request, self._prepared, say, self._left).run()
        except MaybeSubmitted:
            self._given_up = True
            raise
        self._take(placed.job, f"{FULL_HOME}: its server may not start" if placed.full else placed.notice)
        self._steps.step(StepName.WAIT, StepState.NOW)
        self._session.watcher.acted()

    def _take(self, job: str, remark: str = "") -> Job | None:
        """Follow that job from now on; returns it as last seen."""
        log_path = self._session.site.scheduler.output.of_job(self._prepared.log, job)
        self._steps.show(job=job, log=log_path)
        self._on_job(job)
        self._steps.step(StepName.SUBMIT, StepState.DONE, f"job {job}" + (f"; {remark}" if remark else ""))
        return self._session.watcher.job(job)

    async def _wait(self) -> DiscoveredServer:
        """Poll the job's folder until the server has its file; raises LaunchError when it failed."""
        self._pace.changed(self._now())
        while True:
            job = self._session.watcher.job(self.shown.job)
            folder, found = await self._look()
            if folder.job not in ("", self.shown.job):
                job = self._take(
                    folder.job
                )  # a scheduler that hung may have taken one submission several times
            if folder.log:
                self._steps.show(log=folder.log)
            if folder.node and self._tunnel is None:
                await self._started(folder.node)
                self._pace.changed(self._now())
            if found:
                return found
            failure = failure_in(folder)
            if failure:
                raise failure
            try:
                self._judge(job)
                await self._rest()
            except JobOver as over:
                folder, _ = await self._look()  # the job may have written its last word since
                raise explain_end(over, folder, folder_shown(self._prepared.tag)) from over

    async def _rest(self) -> None:
        """Wait until the next poll is due, or until the job changes."""
        if self._left.is_set() and self._tunnel is None:
            raise _left_waiting()
        changed = asyncio.ensure_future(self._change())
        left = asyncio.ensure_future(asyncio.Event().wait() if self._tunnel else self._left.wait())
        try:
            await asyncio.wait(
                {changed, left},
                timeout=self._pace.pause(self._now()),
                return_when=asyncio.FIRST_COMPLETED,
            )
            if changed.done():
                await changed
                self._pace.changed(self._now())
        finally:
            changed.cancel()
            left.cancel()
            await asyncio.gather(changed, left, return_exceptions=True)

    async def _change(self) -> None:
        """Wait for a poll of the queue that shows the job in another state; raises what a poll shows against it."""
        watcher = self._session.watcher
        before = _where(watcher.job(self.shown.job))
        while True:
            async with watcher.news:
                await watcher.news.wait()
            job = watcher.job(self.shown.job)
            self._judge(job)
            if _where(job) != before:
                return

    async def _look(self) -> tuple[JobFolder, DiscoveredServer | None]:
        try:
            if self._tunnel is None:
                await while_followed(self._session.until_up(), self._left)
            else:
                await self._session.until_up()
            return await poll_folder(self._session, self._prepared.tag)
        except NotFollowed:
            raise _left_waiting() from None
        except ConnectError:
            return JobFolder(
                self._prepared.tag
            ), None  # the session comes back by itself, or waits for the user

    async def _started(self, node: str) -> None:
        self._steps.step(StepName.WAIT, StepState.DONE, f"runs on {node}")
        self._steps.step(StepName.START, StepState.NOW)
        self._steps.step(StepName.TUNNEL, StepState.TODO)
        self._steps.step(StepName.ANSWER, StepState.TODO)
        request = self.shown.request
        self._tunnel = await self._tunnels.reach(
            self._session, self.shown.job, request.name, node, request.relay_port, request.local_port
        )
        self._steps.show(tunnel=self._tunnel.shown.id)
        self._session.watcher.acted()

    def _judge(self, job: Job | None) -> None:
        """Report why a job is pending; raise if it has ended, or if the scheduler no longer knows it."""
        if job is None or (job.state is JobState.UNKNOWN and not job.word):
            self._missing.add(self._session.watcher.snapshot.taken)
            if len(self._missing) > LOOKS_WITHOUT:
                raise LaunchError(
                    f"The scheduler no longer knows job {self.shown.job}",
                    "Its log may say why.",
                    action=Action.READ_LOG,
                )
            return
        self._missing.clear()
        if job.state in (JobState.PENDING, JobState.UNKNOWN) and self._tunnel is None:
            self._steps.step(StepName.WAIT, StepState.NOW, job.reason.text)
        elif job.state.finished:
            raise JobOver(job)

    async def _serve(self) -> None:
        """Wait for the server and connect to it; once more when the connection to the cluster broke meanwhile."""
        while True:
            try:
                return await self._connect(await self._wait())
            except (ConnectError, TunnelError):
                if await answers(self._session):
                    raise
                self._tunnel = None  # `_wait` continues when the cluster answers

    async def _connect(self, found: DiscoveredServer) -> None:
        server = found.server
        if self._tunnel is None or self._tunnel.shown.node != server.node:
            await self._started(server.node)
        assert self._tunnel
        self._steps.step(StepName.START, StepState.DONE, f"port {server.port} on {server.node}")
        self._steps.step(StepName.TUNNEL, StepState.NOW)
        await self._write_script(found)
        await self._tunnels.finish(self._tunnel, found, through_breaks=True, opened=self._opened)
        self._opened()
        self._steps.step(StepName.ANSWER, StepState.DONE, self._tunnel.shown.reason)
        self._session.watcher.acted()

    def _opened(self) -> None:
        """Report that the tunnel is open, and that its server has to answer next."""
        assert self._tunnel
        self._steps.step(StepName.TUNNEL, StepState.DONE, f"127.0.0.1:{self._tunnel.shown.local_port}")
        self._steps.step(StepName.ANSWER, StepState.NOW)

    async def _write_script(self, found: DiscoveredServer) -> None:
        """Write the connect script, if one is wanted; a launch does not fail for want of it."""
        if self._script:
            try:
                self._steps.show(script=str(await write_script(self._session, found)))
            except JupystraError as error:
                log.warning("no connect script: %s", error.title)

    async def _fail(self, error: JupystraError) -> None:
        log_lines = await log_end(self._session, self._prepared.tag) if self.shown.job else ""
        detail = "\n\n".join(filter(None, [error.detail, log_lines]))
        if self._tunnel and not self._tunnel.shown.ready:
            await self._tunnels.close(self._tunnel.shown.id)
        problem = problem_of(error, self._left_behind(error))
        self._steps.fail(msgspec.structs.replace(problem, detail=detail))
        self._session.watcher.acted()

    def _left_behind(self, error: JupystraError) -> str:
        """Return the error's hint, and what becomes of the job of a launch that the user gave up."""
        if not isinstance(error, GivenUp) or not self.shown.job:
            return error.hint
        return f"{error.hint} Job {self.shown.job} continues: connect to it later, or kill it.".strip()


def _left_waiting() -> LaunchError:
    title = "The job is still pending, and this launch no longer follows it"
    return LaunchError(title, "Connect to the job once it runs.", action=Action.CONNECT)


def _where(job: Job | None) -> tuple[JobState, str] | None:
    return (job.state, job.node) if job else None
