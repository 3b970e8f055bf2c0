"""The user at the laptop: gives answers in turn, and remembers what was asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from jupystra_tui.errors import GivenUp, JupystraError
from jupystra_tui.model import Cluster, Prompt
from jupystra_tui.ssh.callbacks import Ask
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.open_connection import open_connection
from jupystra_tui.ssh.resolve import resolve
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret

SECONDS = 15.0
Answer = str | None | Callable[[], Awaitable[str]]


class Someone:
    """Gives `answers` in turn: a text, None to cancel, or one to await. One question more fails the story."""

    def __init__(self, *answers: Answer) -> None:
        self.prompts: list[Prompt] = []
        self.steps: list[str] = []
        self.vault = Vault()
        self.trusted: set[str] = set()
        self._answers = list(answers)
        self._news = asyncio.Event()

    @property
    def asked(self) -> list[str]:
        """The questions, by their last line."""
        return [prompt.text.splitlines()[-1] if prompt.text else "" for prompt in self.prompts]

    def tell(self, step: str) -> None:
        """Take a step of the login."""
        self.steps.append(step)
        self._news.set()

    async def hears(self, words: str) -> None:
        """Wait until a step holds these words."""
        async with asyncio.timeout(SECONDS):
            while not any(words in step for step in self.steps):
                self._news.clear()
                await self._news.wait()

    async def ask(self, prompt: Prompt) -> Secret:
        """Answer as the worker's prompts do."""
        self.prompts.append(prompt)
        assert self._answers, f"nobody expected to be asked: {prompt}"
        answer = self._answers.pop(0)
        if answer is None:
            raise GivenUp("Canceled", "Nothing more was sent.")
        return Secret(answer if isinstance(answer, str) else await answer())

    async def connect(self, cluster: Cluster, agent: str = "", ask: Ask | None = None) -> Connection:
        """Log in, with `ask` before the user's own answers; raises what the product says when it fails."""
        laptop = Path(cluster.ssh_config).parent
        endpoint = await resolve(cluster, agent)
        folders = Folders(laptop, laptop)
        async with asyncio.timeout(SECONDS):
            return await open_connection(
                endpoint, ask or self.ask, self.tell, self.trusted, self.vault, folders
            )

    @asynccontextmanager
    async def logged_in(self, cluster: Cluster, agent: str = "") -> AsyncIterator[Connection]:
        """A connection on which a command has run, with all answers used up."""
        connection = await self.connect(cluster, agent)
        try:
            assert not self._answers, f"never asked for: {len(self._answers)} answers"
            assert (await connection.run("echo in")).out == b"in\n"
            yield connection
        finally:
            await connection.aclose()

    async def turned_away(self, cluster: Cluster, agent: str = "") -> JupystraError:
        """Log in, which must fail, and return what the user reads."""
        with pytest.raises(JupystraError) as caught:
            await self.connect(cluster, agent)
        assert not self._answers, f"never asked for: {len(self._answers)} answers; {caught.value!r}"
        return caught.value
