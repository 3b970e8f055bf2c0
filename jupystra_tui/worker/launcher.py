"""A launch: submit, wait, watch the server come up, connect; told step by step."""

import asyncio
import secrets
import time
from typing import Any

import msgspec

from jupystra_tui.errors import ConnectError, JupystraError, LaunchError
from jupystra_tui.jupyter.look import Sighting, log_script, look_one_script, parse_log, parse_look_one
from jupystra_tui.jupyter.script import batch_script, new_tag, submit_script
from jupystra_tui.model import Job, JobRequest, JobState, Launch, Step, StepState
from jupystra_tui.model.reasons import plain_reason
from jupystra_tui.protocol import LaunchChanged
from jupystra_tui.worker.hub import Hub
from jupystra_tui.worker.live import LiveTunnel
from jupystra_tui.worker.problems import problem_of
from jupystra_tui.worker.session import ClusterSession
from jupystra_tui.worker.tunnels import TunnelSupervisor

SUBMIT_LIMIT = 60.0
QUICK, QUICK_SECONDS = 0.25, 20.0
SLOW = 2.0
LOG_END = 8000
STEPS = ("submit", "wait", "start", "tunnel", "answer")


class Launcher:
    """One launch. `run` goes through to the end and never raises what a person should read: it shows it."""

    def __init__(
        self, session: ClusterSession, request: JobRequest, hub: Hub, tunnels: TunnelSupervisor
    ) -> None:
        self.shown = Launch(secrets.token_hex(4), session.cluster.name, request, tuple(map(Step, STEPS)))
        self._session = session
        self._hub = hub
        self._tunnels = tunnels
        self._tag = ""
        self._tunnel: LiveTunnel | None = None

    async def run(self) -> None:
        """Launch; the story is in `shown` and with the front ends."""
        try:
            await self._submit()
            await self._wait_and_connect()
        except JupystraError as error:
            await self._fail(error)

    async def _submit(self) -> None:
        site, request = self._session.site, self.shown.request
        self._step("submit", StepState.NOW)
        self._tag = new_tag()
        folder = f"{site.home}/.jupystra/jobs/{self._tag}"
        log = f"{folder}/jupyter.log"
        script = batch_script(site.scheduler.script_header(request, log), request, folder)
        text = submit_script(self._tag, script, site.scheduler.submit_command(log))
        result = await self._submit_once_more_if_cut(text)
        job = site.scheduler.parse_submit(result.out, result.err, result.code)
        self._show(job=job)
        self._step("submit", StepState.DONE, f"job {job}")
        self._step("wait", StepState.NOW)
        self._session.watcher.acted()

    async def _submit_once_more_if_cut(self, text: str) -> Any:
        """Run the submit script; it looks for what an earlier, cut-off run of it submitted before it submits."""
        try:
            return await self._session.run(text, SUBMIT_LIMIT)
        except ConnectError:
            self._step("submit", StepState.NOW, "the connection broke; asking whether the job was submitted")
            return await self._session.run(text, SUBMIT_LIMIT)

    async def _wait_and_connect(self) -> None:
        began = time.monotonic()
        while True:
            seen = await self._look()
            if seen.node and self._tunnel is None:
                self._started(seen.node)
            if seen.failure:
                raise LaunchError(
                    seen.failure, "See the log's end below; the set-up commands decide what is found."
                )
            if seen.found:
                break
            self._judge(self._session.watcher.job(self.shown.job))
            quick = time.monotonic() - began < QUICK_SECONDS or self._tunnel is not None
            await asyncio.sleep(QUICK if quick else SLOW)
        self._step("start", StepState.DONE, f"port {seen.found.server.port} on {seen.found.server.node}")
        await self._connect(seen)

    async def _look(self) -> Sighting:
        mark = secrets.token_hex(8)
        try:
            result = await self._session.run(look_one_script(self._tag, mark))
        except ConnectError:
            await asyncio.sleep(SLOW)  # the session comes back by itself, or says why not
            await self._session.connection()
            return Sighting()
        return parse_look_one(result.out, mark)

    def _started(self, node: str) -> None:
        self._step("wait", StepState.DONE, f"runs on {node}")
        self._step("start", StepState.NOW, f"Jupyter starts on {node}")
        self._step("tunnel", StepState.NOW)
        self._tunnel = self._tunnels.reach(self._session, self.shown.job, self.shown.request.name, node)
        self._show(tunnel=self._tunnel.shown.id)
        self._session.watcher.acted()

    def _judge(self, job: Job | None) -> None:
        """Tell why a pending job waits; raise when it has ended."""
        if job is None:
            return
        if job.state is JobState.PENDING:
            short, sentence = plain_reason(job.reason)
            self._step("wait", StepState.NOW, sentence or short)
        elif job.state.finished:
            how = f"{job.state.value} ({job.word})" if job.word else job.state.value
            raise LaunchError(
                f"The job ended before its server was up: {how}", "Its log's last lines say more."
            )

    async def _connect(self, seen: Sighting) -> None:
        assert seen.found
        tunnel = self._tunnel or self._tunnels.reach(
            self._session, self.shown.job, self.shown.request.name, seen.found.server.node
        )
        await self._tunnels.finish(tunnel, seen.found, self.shown.request.local_port)
        self._show(tunnel=tunnel.shown.id)
        self._step("tunnel", StepState.DONE, f"127.0.0.1:{tunnel.shown.local_port}")
        self._step("answer", StepState.DONE)
        self._session.watcher.acted()

    async def _fail(self, error: JupystraError) -> None:
        detail = "\n\n".join(filter(None, [error.detail, await self._log_end()]))
        if self._tunnel and not self._tunnel.shown.ready:
            await self._tunnels.close(self._tunnel.shown.id)
        failed = tuple(
            msgspec.structs.replace(step, state=StepState.FAILED, ended=time.time())
            if step.state is StepState.NOW
            else step
            for step in self.shown.steps
        )
        problem = msgspec.structs.replace(problem_of(error), detail=detail)
        self._show(steps=failed, problem=problem)
        self._session.watcher.acted()

    async def _log_end(self) -> str:
        if not self.shown.job:
            return ""
        try:
            mark = secrets.token_hex(8)
            result = await self._session.run(log_script(self.shown.job, LOG_END, mark))
            return parse_log(result.out, mark).text
        except JupystraError:
            return ""

    def _step(self, name: str, state: StepState, text: str = "") -> None:
        now = time.time()

        def changed(step: Step) -> Step:
            if step.name != name:
                return step
            return Step(
                name, state, text or step.text, step.began or now, now if state is StepState.DONE else 0.0
            )

        self._show(steps=tuple(map(changed, self.shown.steps)))

    def _show(self, **changes: Any) -> None:
        changed = msgspec.structs.replace(self.shown, **changes)
        if changed != self.shown:
            self.shown = changed
            self._hub.publish(LaunchChanged(changed))
