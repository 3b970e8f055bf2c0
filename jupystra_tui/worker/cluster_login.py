"""Logs in to one cluster: first with the user, later without where no prompt is needed."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from msgspec.structs import replace

from jupystra_tui.errors import AuthError, ConfigError, ConnectError, JupystraError
from jupystra_tui.model import Action, Layer, Problem, SessionPhase
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.open_connection import open_connection
from jupystra_tui.ssh.resolve import Endpoint, first_hop, resolve
from jupystra_tui.ssh.server_info import TYPED
from jupystra_tui.ssh.tcp import Address
from jupystra_tui.ssh.tcp import addresses as lookup
from jupystra_tui.worker.login_answers import LoginAnswers
from jupystra_tui.worker.open_prompts import Unattended
from jupystra_tui.worker.outage import Outage, quickly
from jupystra_tui.worker.problems import problem_of
from jupystra_tui.worker.session_role import SessionRole

REFUSED_PAUSES = (
    30.0,
    120.0,
)  # few: a login node that restarts may refuse for a while, and counts failed logins
BROKE = Problem(
    "The connection to the login node broke", "It is opened again by itself.", layer=Layer.NETWORK
)
NEEDS_USER = Problem(
    "The connection is lost, and logging in again needs you", "Log in again.", next_action=Action.LOG_IN
)


class ClusterLogin:
    """Makes the connections of a session, and shows in it how that goes.

    `addresses` are where the login node was reached last, of the first jump host where there is one;
    none before the first login and through another proxy command.
    """

    def __init__(self, session: SessionRole, folders: Folders) -> None:
        self._session = session
        self._folders = folders
        self._trusted: set[str] = set()
        self._needs_person = False
        self._endpoint: Endpoint | None = None
        self.addresses: tuple[Address, ...] = ()
        self._outage: Outage | None = None
        self._attempts = self._refusals = 0
        self._person_came = asyncio.Event()

    def come(self) -> None:
        """The user wants to log in, and may be asked."""
        self._person_came.set()

    def hurry(self) -> None:
        """Try again now, unattended."""
        if self._outage:
            self._outage.hurry()

    def settle(self) -> None:
        """Note that the connection works, or that none is wanted. Idempotent."""
        if self._outage:
            self._outage.close()
            self._outage = None

    async def first(self) -> Connection:
        """Return a connection; the user may be asked. Raises JupystraError."""
        return await self._log_in(attended=True)

    async def again(self) -> Connection:
        """Return a connection unattended, however long that takes; raises what the user must see."""
        if self._endpoint:
            self._show_lost(BROKE)
        if self._outage is None:
            self._person_came.clear()
            self._attempts = self._refusals = 0
            direct = self._endpoint is not None and not self._endpoint.proxy
            self._outage = Outage(self._endpoint if direct else None, self.addresses)
        waits, error = self._needs_person, None
        while True:
            if waits:
                await self._until_person(error)
                attended = True
            else:
                attended = await self._or_person(self._outage.until_reachable(self._show_lost))
                self._person_came.clear()
            try:
                return await self._log_in(attended)
            except Unattended:
                waits = True
            except (ConnectError, ConfigError, AuthError) as failed:
                error = failed
                pause = self._pause_after(failed, attended)
                if not waits:
                    await self.rest(failed, pause)

    async def rest(self, error: JupystraError, seconds: float = 0.0) -> None:
        """Show why an attempt failed, and wait until the next one, or for the user; 0 leaves the time to us."""
        self._show_lost(problem_of(error))
        if seconds:
            await self._or_person(asyncio.sleep(seconds))
        elif self._outage:
            await self._or_person(self._outage.rest(error))

    def _pause_after(self, error: JupystraError, attended: bool) -> float:
        """Return seconds to wait after a failed attempt, 0 for the usual time; raises what the user must see."""
        if isinstance(error, ConnectError):
            return 0.0
        if attended or self._refusals == len(REFUSED_PAUSES):
            raise error
        self._refusals += 1
        return REFUSED_PAUSES[self._refusals - 1]

    def _show_lost(self, problem: Problem) -> None:
        self._session.show(phase=SessionPhase.LOST, problem=problem)

    async def _until_person(self, error: JupystraError | None) -> None:
        """Wait until the user wants to log in again; `error` is why their last attempt failed."""
        lost = replace(problem_of(error, NEEDS_USER.hint), next_action=Action.LOG_IN) if error else NEEDS_USER
        self._session.show(phase=SessionPhase.WAITING, problem=lost)
        await self._person_came.wait()
        self._person_came.clear()
        self._session.show(phase=SessionPhase.CONNECTING, problem=None)

    async def _or_person(self, wait: Coroutine[Any, Any, None]) -> bool:
        """Wait, or until the user wants to log in; returns whether they do."""
        person, waiting = asyncio.ensure_future(self._person_came.wait()), asyncio.ensure_future(wait)
        try:
            await asyncio.wait({person, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                waiting.result()
            return self._person_came.is_set()
        finally:
            person.cancel()
            waiting.cancel()

    async def _log_in(self, attended: bool) -> Connection:
        """Return a connection; unattended nothing is asked, and it has to be quick."""
        session, self._attempts = self._session, self._attempts + 1
        was_given = session.credentials.vault.given is not None
        session.show(steps=())
        endpoint = self._endpoint = await resolve(session.cluster, session.credentials.agent)
        session.show(user=endpoint.user)
        answers = LoginAnswers(session.cluster, endpoint.user, attended, session.credentials.ask_user)
        logging_in = open_connection(
            endpoint, answers, session.tell, self._trusted, session.credentials.vault, self._folders
        )
        connection = await (logging_in if attended else quickly(logging_in, endpoint, self._attempts))
        self._needs_person = answers.needs_person or (
            was_given and any(one.method in TYPED for one in connection.server_info.accepted)
        )
        if self._needs_person:
            connection.needs_user()
        try:
            if endpoint.jump:
                connection.addresses = await _jump_addresses(endpoint)
            await answers.accepted()
        except BaseException:
            await connection.aclose()
            raise
        self.addresses = connection.addresses
        return connection


async def _jump_addresses(endpoint: Endpoint) -> tuple[Address, ...]:
    """Return where the first jump host is, nothing where that is not to be found out."""
    try:
        hop = await first_hop(endpoint)
        return await lookup(*hop) if hop else ()
    except (ConfigError, OSError, UnicodeError):
        return ()
