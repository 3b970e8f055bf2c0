"""Submits one job exactly once, and finds its id, also across dropped connections."""

import asyncio
import posixpath
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from msgspec import Struct

from jupystra_tui.apps.login_variables import take_script
from jupystra_tui.apps.submission import End, Submitted, parse_submitted, submit_script
from jupystra_tui.backoff import Backoff
from jupystra_tui.errors import ConfigError, ConnectError, LaunchError, MaybeSubmitted, SchedulerError
from jupystra_tui.model import Action, JobRequest, SessionPhase
from jupystra_tui.ssh.shell import CommandResult, text
from jupystra_tui.text import clean, clean_lines
from jupystra_tui.worker.following import NotFollowed, while_followed
from jupystra_tui.worker.prepared_job import PreparedJob
from jupystra_tui.worker.session import ClusterSession
from jupystra_tui.worker.unwritable_folder import unwritable

SUBMIT_LIMIT = 300.0
LOOKUP_LIMIT = 30.0
UNFINISHED_SECONDS, ANSWERED_SECONDS = 600.0, 30.0
LEAVE_SECONDS = 3.0
T = TypeVar("T")


class SubmittedJob(Struct, frozen=True):
    """A job that the scheduler took, and what the site says about it.

    `full` is whether the home folder on the cluster had no room for its id.
    """

    job: str
    full: bool = False
    notice: str = ""


class Submitter:
    """Submits what `prepared` holds. `say` is called with what the user should read while it lasts.

    It continues while the session reconnects, until `left` is set. A submission without an answer is looked up by its
    tag: for ten minutes while an attempt may be in progress, for half a minute once the submit command has ended.
    """

    def __init__(
        self,
        session: ClusterSession,
        request: JobRequest,
        prepared: PreparedJob,
        say: Callable[[str], None],
        left: asyncio.Event,
    ) -> None:
        self._session = session
        self._scheduler = session.site.scheduler
        self._request = request
        self._prepared = prepared
        self._say = say
        self._left = left
        self._now = asyncio.get_running_loop().time
        self._output = session.site.scheduler.output.of_job(prepared.log)
        self._asked = False
        self._known = ""
        self._error: SchedulerError | None = None
        self._looking_since: float | None = None

    async def run(self) -> SubmittedJob:
        """Return the job; raises SchedulerError, LaunchError, ConfigError, and ConnectError where nothing was sent."""
        pauses = Backoff(0.5, 15.0)
        while True:
            try:
                placed = await self._attempt()
            except NotFollowed:
                raise self._unknown() from None
            except ConnectError as error:
                if not self._asked and self._session.shown.phase is SessionPhase.DOWN:
                    raise
                self._looking_since = None
                self._say(self._waiting(error))
                placed = None
            if placed:
                return placed
            self._end_if_over()
            await self._pause(pauses.next())

    async def _attempt(self) -> SubmittedJob | None:
        """Submit, or ask for the answer of an earlier attempt; returns None where it is still not known."""
        prepared, mark = self._prepared, secrets.token_hex(8)
        connection = await self._unless_left(self._session.connection())
        command = self._scheduler.submission.submit_command(self._request, prepared.log, prepared.tag)
        script = submit_script(
            prepared.tag,
            prepared.script,
            command,
            self._scheduler.submission.id_program(),
            self._output,
            mark,
            take_script(self._scheduler.submit_variables, self._scheduler.unset, mark),
        )
        self._asked = True
        result = await self._unless_left(connection.run_long(script, SUBMIT_LIMIT, self._said))
        submitted = parse_submitted(result.out, mark)
        if submitted is None:
            raise ConnectError("The cluster's answer was cut off", "", text(result.err))
        return self._placed(submitted, result) or await self._looked_up()

    def _placed(self, submitted: Submitted, result: CommandResult) -> SubmittedJob | None:
        """Return the job that was reported; raises what refused it."""
        match submitted.end:
            case End.ANSWERED:
                try:
                    job = self._scheduler.submission.parse_submit(
                        submitted.text, text(result.err), submitted.code
                    )
                except MaybeSubmitted as error:
                    self._error = error
                    return None
                notice = self._scheduler.submission.parse_notice(text(result.err))
                return SubmittedJob(job, not submitted.kept, notice)
            case End.KNOWN:
                return SubmittedJob(clean(submitted.text.strip()))
            case End.UNFINISHED:
                return None
        if submitted.end is End.UNWRITABLE:
            raise unwritable(submitted.text, self._session.site.home, text(result.err))
        raise _not_sent(submitted.end, self._output)

    async def _looked_up(self) -> SubmittedJob | None:
        """Return the job that an attempt without an answer made, None where none is to be found (yet)."""
        self._say("no answer yet; asking the scheduler whether it took the job")
        if self._looking_since is None:
            self._looking_since = self._now()
        tag = self._prepared.tag
        script = self._scheduler.submission.lookup_script(self._request, tag)
        connection = await self._unless_left(self._session.connection())
        try:
            result = await self._unless_left(connection.run_on_second_shell(script, LOOKUP_LIMIT))
            found = self._scheduler.submission.parse_lookup(
                tag, text(result.out), text(result.err), result.code
            )
        except (ConnectError, SchedulerError) as error:
            self._known = f"At {_clock()} the scheduler could not be asked about it: {error.title}."
            return None
        self._known = f"No job of this launch (jupystra:{tag}) was found at {_clock()}."
        return SubmittedJob(found[0]) if found else None

    def _end_if_over(self) -> None:
        """Raise what is known where it was looked for long enough."""
        patience = ANSWERED_SECONDS if self._error else UNFINISHED_SECONDS
        if self._looking_since is not None and self._now() - self._looking_since > patience:
            raise self._unknown()

    def _unknown(self) -> LaunchError | SchedulerError:
        """Return the error of an end without an id, with all that is known of the job."""
        if not self._asked:
            return LaunchError("Nothing was submitted", "The cluster could not be reached before you left.")
        title = self._error.title if self._error else "The scheduler has not said whether it took the job"
        known = self._known or "It was asked, and the answer did not arrive."
        hint = f"{known} A job that comes of it later is killed; check the queue before you start it again."
        return MaybeSubmitted(title, hint, self._error.detail if self._error else "", action=Action.REFRESH)

    def _waiting(self, error: ConnectError) -> str:
        if self._asked:
            return "no answer; it is asked whether the job was submitted once the connection is back"
        return f"waiting for the connection: {error.title}"

    def _said(self, err: bytes) -> None:
        whole = err.rpartition(b"\n")[0]  # the last line may still be on its way
        lines = [line for line in clean_lines(whole).splitlines() if line.strip()]
        if lines:
            self._say(lines[-1].strip())

    async def _unless_left(self, work: Awaitable[T]) -> T:
        return await while_followed(work, self._left, LEAVE_SECONDS)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._left.wait()
        except TimeoutError:
            return
        raise self._unknown()


def _not_sent(end: End, log: str) -> ConfigError:
    """Return why nothing was sent: the output file cannot be written."""
    folder = posixpath.dirname(log) or "/"
    match end:
        case End.NO_FOLDER:
            title = f"The folder of the output file is not there on the cluster: {folder}"
            return ConfigError(title, "Make it there, or choose another output file. Nothing was submitted.")
        case End.IS_FOLDER:
            return ConfigError(
                f"The output file is a folder: {log}", "Name a file in it. Nothing was submitted."
            )
    title = f"The output file cannot be written on the cluster: {log}"
    return ConfigError(title, "Choose a folder that you may write to. Nothing was submitted.")


def _clock() -> str:
    return time.strftime("%H:%M:%S")
