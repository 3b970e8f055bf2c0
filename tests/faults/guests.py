"""A new laptop for one test."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec.structs import replace

from jupystra_tui import protocol
from jupystra_tui.model import Cluster, Problem, SessionPhase

from .lab import Lab, Laptop, Witness


class Guest(Laptop):
    """A laptop that nobody has used before."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab.folder / secrets.token_hex(3), lab.cluster)
        self.lab = lab

    def use(self, **changes: object) -> Cluster:
        """Have this laptop know the cluster in another way."""
        self.cluster = replace(self.cluster, **changes)
        return self.cluster

    @asynccontextmanager
    async def logged_in(self, *answers: str) -> AsyncIterator[Witness]:
        """A front end that has logged in with these answers."""
        async with self.attached() as witness:
            witness.answers = list(answers)
            await witness.client.request(protocol.Login(self.cluster))
            await witness.until_up()
            yield witness

    async def turned_away(self, seconds: float = 30.0) -> Problem:
        """Try to log in, and return the problem that ended it."""
        async with self.attached() as witness:
            await witness.client.request(protocol.Login(self.cluster))

            def problem() -> Problem | None:
                session = witness.session
                return session.problem if session and session.phase is SessionPhase.DOWN else None

            return await witness.until(problem, "the refusal", seconds)

    async def aclose(self) -> None:
        """End what this laptop runs."""
        await self.stop()
