"""Prompts that the front ends show, and their answers."""

import asyncio
import itertools
from typing import NamedTuple

import msgspec

from jupystra_tui.errors import GivenUp
from jupystra_tui.model import Prompt
from jupystra_tui.protocol import Answer, PromptAsked, PromptGone
from jupystra_tui.text import Secret
from jupystra_tui.worker.event_hub import EventHub


class UserAnswer(NamedTuple):
    """An answer; `keep` allows to hold it for the session, `offered` takes what was offered instead of `secret`."""

    secret: Secret
    keep: bool = False
    offered: bool = False


class Unattended(GivenUp):
    """A question came up while something was tried again by itself: that must not pop up unattended."""

    def __init__(self) -> None:
        super().__init__("It needs you: there is a prompt to answer", "Open it again to see the prompt.")


class OpenPrompts:
    """Prompts through the attached front ends, and waits for one if there is none."""

    def __init__(self, hub: EventHub) -> None:
        self._hub = hub
        self._numbers = itertools.count(1)
        self._open: dict[str, asyncio.Future[UserAnswer]] = {}

    async def ask(self, prompt: Prompt) -> UserAnswer:
        """Return the user's answer; raises GivenUp when they cancel."""
        name = str(next(self._numbers))
        future: asyncio.Future[UserAnswer] = asyncio.get_running_loop().create_future()
        self._open[name] = future
        self._hub.publish(PromptAsked(msgspec.structs.replace(prompt, id=name)))
        try:
            return await future
        finally:
            del self._open[name]
            self._hub.publish(PromptGone(name))

    def answer(self, answer: Answer) -> None:
        """Answer a prompt; one that is closed already is ignored."""
        future = self._open.get(answer.prompt)
        if future is None or future.done():
            return
        if answer.answer is None:
            future.set_exception(GivenUp("Canceled", "Nothing more was sent."))
        else:
            future.set_result(UserAnswer(answer.answer, answer.keep, answer.offered))
