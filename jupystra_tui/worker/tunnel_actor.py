"""One wanted tunnel: a task opens it, watches it, and opens it again, until it is closed or its job has ended."""

import asyncio
import time
from collections.abc import Callable

from jupystra_tui.apps.discovery import DiscoveredServer
from jupystra_tui.errors import JupystraError, TunnelError
from jupystra_tui.model import Action, Job, JobState, Tunnel, TunnelState, same_host
from jupystra_tui.model.address import page_url
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.local_port import LocalPort
from jupystra_tui.ssh.route import PortTaken
from jupystra_tui.text import Secret
from jupystra_tui.worker.local_forward import LocalForward
from jupystra_tui.worker.session import ClusterSession
from jupystra_tui.worker.tunnel_attempt import TunnelAttempt
from jupystra_tui.worker.tunnel_failure import NEEDS_USER, TunnelFailure
from jupystra_tui.worker.tunnel_status import TunnelStatus
from jupystra_tui.worker.tunnel_target import TunnelTarget

PORT_CHECK_SECONDS = 5.0


class TunnelActor:
    """A tunnel that is wanted; `start` begins it, `end` and `aclose` stop it. `shown` is what front ends see.

    `session` is its cluster's. `since` is when it was first wanted, in seconds since 1970. `closed` is whether it was
    closed on purpose. `publish` is called at each change.
    """

    def __init__(
        self,
        session: ClusterSession,
        shown: Tunnel,
        folders: Folders,
        publish: Callable[[], None],
        port: LocalPort | None,
        relay: int = 0,
        since: float = 0.0,
    ) -> None:
        self.session = session
        self.since = since
        self.closed = False
        self._status = TunnelStatus(shown, publish)
        self._target = TunnelTarget(relay)
        self._failure = TunnelFailure(session, shown.job)
        self._folders = folders
        self._forward = LocalForward(port)
        self._again = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def shown(self) -> Tunnel:
        """The tunnel as front ends see it."""
        return self._status.tunnel

    @property
    def port(self) -> LocalPort | None:
        """The laptop's port; None where it is not bound yet, or where another program has it."""
        return self._forward.port

    @property
    def relay(self) -> int:
        """The login node's port that it passes through, 0 for none."""
        return self._target.relay

    @property
    def found(self) -> DiscoveredServer | None:
        """Its job's server, None while that is not known."""
        return self._target.found

    @property
    def error(self) -> JupystraError | None:
        """The last thing that went wrong, None where nothing is wrong."""
        return self._failure.error

    @property
    def changed(self) -> asyncio.Event:
        """An event that is set at the next change."""
        return self._status.changed

    @property
    def ended(self) -> bool:
        """Whether its job is over."""
        return self.shown.state is TunnelState.ENDED

    def url(self) -> Secret:
        """Return the URL of the server, with its token; raises TunnelError."""
        found = self.found
        if not self.shown.ready or found is None:
            raise TunnelError(
                "The server has not answered yet", "Wait a moment, or reconnect.", action=Action.RECONNECT
            )
        access = found.access
        return page_url(self.shown.local_port, found.token, found.server.path, access.page, access.query)

    def start(self) -> None:
        """Begin to open it."""
        self._task = asyncio.create_task(self._live())

    def attend(self) -> None:
        """The user waits for it: questions may be asked, and nothing keeps it from being tried at once."""
        self._target.attended = True
        if self.shown.state in (TunnelState.WAITING, TunnelState.RETRYING):
            self._failure.error = None
            self._status.show(TunnelState.RESOLVING)
        self._target.retry_now()

    def restart(self) -> None:
        """Close the route to the node and open it again, for a waiting user."""
        self.attend()
        self._status.show(TunnelState.RESOLVING)
        self._again.set()

    def aim(self, node: str, found: DiscoveredServer | None) -> None:
        """Take the node of the job, and its server if that is known; empty and None while it does not run."""
        before = self._target.found
        same = bool(node) and same_host(node, self.shown.node)
        moved = bool(self.shown.node) and not same
        known = found.same(before) if found else before is None
        if known and not moved and (same or node == self.shown.node):
            return
        self._target.found = found
        self._status.update(node=self.shown.node if same else node)
        if moved:
            self._again.set()
        self._target.retry_now()

    def follow(self, job: Job, found: DiscoveredServer | None) -> None:
        """Take the latest state of its job; one that ran and does not now was requeued, or is ending."""
        if job.state is JobState.RUNNING:
            self._failure.job_ran = True
            self.aim(found.server.node if found else job.node, found or self._still(job))
        elif self._failure.job_ran and job.state in (JobState.PENDING, JobState.ENDING):
            self._failure.job_ran = False
            self.aim("", None)
        reason = "" if job.state is JobState.RUNNING else f"Its job is {job.state.value}"
        if self.shown.state is TunnelState.RESOLVING and not self._target.needs_session:
            self._status.update(reason=reason)

    def session_changed(self) -> None:
        """Retry at once if the phase of the session changed."""
        if self._target.needs_session or self.shown.state is TunnelState.RETRYING:
            self._target.retry_now()

    def take_port(self, port: LocalPort) -> None:
        """Use another local port, which is bound already."""
        if not self._forward.use(port):
            self._again.set()  # the old one may still be tried
        self._status.update(local_port=port.number)

    async def end(self, reason: str) -> None:
        """Close it because its job ended, and show the reason."""
        await self._stop()
        self._status.show(TunnelState.ENDED, reason=reason)

    async def aclose(self) -> None:
        """Close it on purpose. Idempotent."""
        self.closed = True
        self._status.wake()
        await self._stop()

    async def _stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._forward.aclose()

    def _still(self, job: Job) -> DiscoveredServer | None:
        """Return the known server while its job runs on its node: a poll may miss its file."""
        found = self._target.found
        return found if found and same_host(found.server.node, job.node) else None

    async def _live(self) -> None:
        while True:
            self._again.clear()
            self._target.wake.clear()
            error = await self._try()
            await self._forward.release()
            if error:
                await self._pause(error)

    async def _try(self) -> Exception | None:
        """Open it and keep it open; returns what ended that, None when it is to be opened again at once."""
        one = TunnelAttempt(
            self.session, self._target, self._status, self._forward, self._failure, self._folders
        )
        attempt = asyncio.create_task(one.run())
        again = asyncio.create_task(self._again.wait())
        try:
            await asyncio.wait({attempt, again}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            attempt.cancel()
            again.cancel()
            results = await asyncio.gather(attempt, again, return_exceptions=True)
        return results[0] if isinstance(results[0], Exception) and not self._again.is_set() else None

    async def _pause(self, error: Exception) -> None:
        """Show why it is not open, and wait until it is time to try again."""
        problem = await self._failure.explain(error)
        if isinstance(error, NEEDS_USER):
            self._target.attended = False
            self._status.show(TunnelState.WAITING, reason=problem.title, problem=problem)
            await self._target.woken(seconds=PORT_CHECK_SECONDS if isinstance(error, PortTaken) else None)
            return
        seconds = self._target.retries.next()
        self._status.show(
            TunnelState.RETRYING, reason=problem.title, problem=problem, retry_at=time.time() + seconds
        )
        await self._target.woken(seconds=seconds)
