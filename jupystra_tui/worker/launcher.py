"""A launch: submit, wait, watch the server come up, connect; told step by step."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from typing import Any

import msgspec

from jupystra_tui.errors import ConnectError, JupystraError, LaunchError, SchedulerError
from jupystra_tui.jupyter.folder import log_script, new_tag, parse_log
from jupystra_tui.jupyter.look import Found, JobFolder, look_one_script, parse_folder, parse_look
from jupystra_tui.jupyter.submission import UNFINISHED, submit_script
from jupystra_tui.model import Job, JobRequest, JobState, Launch, Problem, Step, StepState
from jupystra_tui.protocol import LaunchChanged
from jupystra_tui.ssh.answer import LOG, Script
from jupystra_tui.ssh.relay import check_port
from jupystra_tui.ssh.shell import Result, quote, text
from jupystra_tui.worker.hub import Hub
from jupystra_tui.worker.live import LiveTunnel
from jupystra_tui.worker.problems import defect, problem_of
from jupystra_tui.worker.scripts import write_script
from jupystra_tui.worker.sending import prepare
from jupystra_tui.worker.session import ClusterSession
from jupystra_tui.worker.tunnels import TunnelSupervisor

SUBMIT_LIMIT = 60.0
QUICK, QUICK_SECONDS = 0.25, 20.0
SLOW = 2.0
LOOKS_WITHOUT = 3
LOG_END = 8000
STEPS = ("submit", "wait", "start", "tunnel", "answer")

log = logging.getLogger(__name__)


class Launcher:
    """One launch. `run` goes through to the end and never raises what a person should read: it shows it.

    `on_job` is told the job's id; `script` is whether a connect script is written.
    """

    def __init__(
        self,
        session: ClusterSession,
        request: JobRequest,
        hub: Hub,
        tunnels: TunnelSupervisor,
        on_job: Callable[[str], None] = lambda job: None,
        script: bool = False,
    ) -> None:
        self.shown = Launch(secrets.token_hex(4), session.cluster.name, request, tuple(map(Step, STEPS)))
        self._session = session
        self._hub = hub
        self._tunnels = tunnels
        self._on_job = on_job
        self._script = script
        self._tag = new_tag()
        self._tunnel: LiveTunnel | None = None
        self._missing: set[float] = set()
        self._left = False

    async def run(self) -> None:
        """Launch; the story is in `shown` and with the front ends."""
        try:
            await self._submit()
            await self._connect(await self._wait())
        except JupystraError as error:
            await self._fail(error)
        except asyncio.CancelledError:
            self._show(
                problem=Problem("Nobody follows this launch any more", "Its job, if there is one, goes on.")
            )
            raise
        except Exception as error:
            log.exception("a launch failed")
            self._show(problem=defect(error))

    def leave(self) -> None:
        """Follow the job no more, unless it runs already: it stays in the queue."""
        self._left = True

    async def _submit(self) -> None:
        scheduler, request = self._session.site.scheduler, self.shown.request
        self._step("submit", StepState.NOW)
        if request.relay_port:
            await check_port(await self._session.connection(), request.relay_port)
        sending = prepare(self._session.site, request, self._tag)
        command = scheduler.submit_command(request, sending.log, self._tag)
        result = await self._submit_through_breaks(submit_script(self._tag, sending.script, command))
        try:
            job = scheduler.parse_submit(text(result.out), text(result.err), result.code)
        except SchedulerError as error:
            job = await self._looked_up()  # it may have been taken without a word
            if not job and result.code == UNFINISHED:
                raise _unanswered(error) from error
            if not job:
                raise
        self._show(job=job, log=sending.log)
        self._on_job(job)
        self._step("submit", StepState.DONE, f"job {self.shown.job}")
        self._step("wait", StepState.NOW)
        self._session.watcher.acted()

    async def _submit_through_breaks(self, submission: str) -> Result:
        """Run the submission; after a break once more: it knows what an earlier run of it submitted."""
        try:
            return await self._session.run(submission, SUBMIT_LIMIT)
        except ConnectError:
            self._step("submit", StepState.NOW, "no answer; asking whether the job was submitted")
            return await self._session.run(submission, SUBMIT_LIMIT)

    async def _looked_up(self) -> str:
        """Return the job that an attempt without an answer made all the same, empty if none is to be found."""
        scheduler = self._session.site.scheduler
        command = scheduler.lookup_command(self.shown.request, self._tag)
        if not command:
            return ""
        try:
            result = await self._session.run(quote(command))
        except ConnectError:
            return ""  # its daemon still hangs: the first attempt's answer says what may yet happen
        return next(iter(scheduler.parse_lookup(text(result.out))), "")

    async def _wait(self) -> Found:
        """Look into the job's folder until the server's runtime file is there; raise when it will not come."""
        began = time.monotonic()
        while True:
            job = self._session.watcher.job(self.shown.job)
            folder, found = await self._look()
            if folder.job not in ("", self.shown.job):
                job = self._adopt(folder.job)
            if folder.node and self._tunnel is None:
                await self._started(folder.node)
            if found:
                return found
            if folder.failure:
                raise LaunchError(folder.failure, "Change that, and start again.")
            self._judge(job)
            if self._left and self._tunnel is None:
                raise LaunchError("The job waits on, and nobody for it", "Connect to it once it runs.")
            quick = self._tunnel is not None or time.monotonic() - began < QUICK_SECONDS
            await asyncio.sleep(QUICK if quick else SLOW)

    def _adopt(self, job: str) -> Job | None:
        """Follow the job that serves: a scheduler that hung may have taken one submission several times."""
        self._show(job=job)
        self._on_job(job)
        self._step("submit", StepState.DONE, f"job {job}")
        return self._session.watcher.job(job)

    async def _look(self) -> tuple[JobFolder, Found | None]:
        mark = secrets.token_hex(8)
        await self._session.until_up()
        try:
            result = await self._session.run(look_one_script(self._tag, mark))
        except ConnectError:
            await asyncio.sleep(SLOW)  # the session comes back by itself, or waits for the person
            return JobFolder(self._tag), None
        found = parse_look(result.out, mark)
        return parse_folder(result.out, mark) or JobFolder(self._tag), found[0] if found else None

    async def _started(self, node: str) -> None:
        self._step("wait", StepState.DONE, f"runs on {node}")
        self._step("start", StepState.NOW, f"Jupyter starts on {node}")
        self._step("tunnel", StepState.NOW)
        request = self.shown.request
        self._tunnel = await self._tunnels.reach(
            self._session, self.shown.job, request.name, node, request.relay_port
        )
        self._show(tunnel=self._tunnel.shown.id)
        self._session.watcher.acted()

    def _judge(self, job: Job | None) -> None:
        """Tell why a pending job waits; raise when it has ended, or when the scheduler knows it no more."""
        if job is None or (job.state is JobState.UNKNOWN and not job.word):
            self._missing.add(self._session.watcher.snapshot.taken)
            if len(self._missing) > LOOKS_WITHOUT:
                raise LaunchError(
                    f"The scheduler no longer knows job {self.shown.job}", "Its log may say more."
                )
            return
        self._missing.clear()
        if job.state in (JobState.PENDING, JobState.UNKNOWN) and self._tunnel is None:
            self._step("wait", StepState.NOW, self._session.site.scheduler.plain_reason(job.reason))
        elif job.state.finished:
            how = f"{job.state.value} ({job.word})" if job.word else job.state.value
            raise LaunchError(
                f"The job ended before its server was up: {how}", "Its log's last lines say more."
            )

    async def _connect(self, found: Found) -> None:
        server = found.server
        if self._tunnel is None or self._tunnel.shown.node != server.node:
            await self._started(server.node)
        assert self._tunnel
        self._step("start", StepState.DONE, f"port {server.port} on {server.node}")
        self._step("answer", StepState.NOW)
        await self._write_script(found)
        await self._tunnels.finish(self._tunnel, found, self.shown.request.local_port)
        self._step("tunnel", StepState.DONE, f"127.0.0.1:{self._tunnel.shown.local_port}")
        self._step("answer", StepState.DONE)
        self._session.watcher.acted()

    async def _write_script(self, found: Found) -> None:
        """Write the connect script, if one is wanted; a launch does not fail for want of it."""
        if self._script:
            try:
                self._show(script=str(await write_script(self._session, found.server)))
            except JupystraError as error:
                log.warning("no connect script: %s", error.title)

    async def _fail(self, error: JupystraError) -> None:
        detail = "\n\n".join(filter(None, [error.detail, await self._log_end()]))
        if self._tunnel and not self._tunnel.shown.ready:
            await self._tunnels.close(self._tunnel.shown.id)
        steps = _failed(self.shown.steps)
        self._show(steps=steps, problem=msgspec.structs.replace(problem_of(error), detail=detail))
        self._session.watcher.acted()

    async def _log_end(self) -> str:
        if not self.shown.job:
            return ""
        mark = secrets.token_hex(8)
        try:
            script = Script(log_script(self._tag, mark, LOG_END), LOG)
            log = parse_log((await self._session.run(script)).out, mark)
        except JupystraError:
            return ""
        return log[1] if log else ""

    def _step(self, name: str, state: StepState, said: str = "") -> None:
        now = time.time()
        ended = now if state is StepState.DONE else 0.0
        steps = tuple(
            Step(name, state, said or step.text, step.began or now, ended) if step.name == name else step
            for step in self.shown.steps
        )
        self._show(steps=steps)

    def _show(self, **changes: Any) -> None:
        changed = msgspec.structs.replace(self.shown, **changes)
        if changed != self.shown:
            self.shown = changed
            self._hub.publish(LaunchChanged(changed))


def _unanswered(error: SchedulerError) -> LaunchError:
    return LaunchError(
        "The scheduler has not said whether it took the job",
        "It may still take it later: look at the queue before you start it again.",
        error.detail,
    )


def _failed(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the steps with the first unfinished one as the failed one, and nothing under way after it."""
    number = next((number for number, step in enumerate(steps) if step.state is StepState.NOW), len(steps))
    after = tuple(Step(step.name) if step.state is StepState.NOW else step for step in steps[number + 1 :])
    failed = tuple(
        msgspec.structs.replace(step, state=StepState.FAILED, ended=time.time())
        for step in steps[number : number + 1]
    )
    return (*steps[:number], *failed, *after)
