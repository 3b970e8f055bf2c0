"""A server may say what it likes, as long as it likes: the user reads a screenful, and memory stays what it was."""

import asyncio
import socket
import threading
import tracemalloc
from pathlib import Path

import paramiko
import pytest
from paramiko.common import AUTH_FAILED
from paramiko.server import InteractiveQuery

from jupystra_tui.errors import AuthError, ConnectError
from jupystra_tui.model import Prompt
from jupystra_tui.paths import private
from jupystra_tui.ssh import receive_limit
from jupystra_tui.ssh.auth_prompts import NOTES_LIMIT, TEXT_LIMIT
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.open_connection import open_connection
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret

from .servers import asked, serving
from .verbose_server import PASSWORD, verbose_server

MEGABYTE = "\x1b[31mAll work and no play makes Jack a dull boy.\x1b[0m\n" * 20_000
LIMIT = 60.0
ALLOWED = 24 * len(MEGABYTE)  # paramiko holds several copies of a packet; none may stay


@pytest.mark.parametrize("where", ["banner", "instructions", "prompt"])
async def test_a_megabyte_is_cut_to_what_a_user_reads(laptop: Path, where: str) -> None:
    texts = {"banner": "", "instructions": "", "prompt": "Password: ", where: MEGABYTE}
    tracemalloc.start()
    try:
        with verbose_server(texts["banner"], texts["instructions"], texts["prompt"]) as port:
            prompts, _ = await asked(port, laptop, PASSWORD)
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    said = prompts[0].text if where == "prompt" else prompts[0].notes
    assert said.startswith("All work and no play makes Jack a dull boy.\n")
    assert said.endswith("…")
    assert len(said) <= (TEXT_LIMIT if where == "prompt" else NOTES_LIMIT)
    assert all(line.isprintable() for line in said.split("\n"))
    assert peak < ALLOWED
    assert kept < 4 * len(MEGABYTE)


async def test_news_is_told_step_by_step_and_asks_once(laptop: Path) -> None:
    with verbose_server(instructions="Still waiting for your phone", rounds=60) as port:
        prompts, steps = await asked(port, laptop, PASSWORD)
    assert len(prompts) == 1
    assert steps.count("Still waiting for your phone") == 59


async def test_a_banner_is_read_once(laptop: Path) -> None:
    with verbose_server(banner="Maintenance on Monday") as port:
        prompts, _ = await asked(port, laptop, PASSWORD)
    assert [prompt.notes for prompt in prompts] == ["Maintenance on Monday"]


async def test_news_of_several_lines_are_all_told(laptop: Path) -> None:
    news = "Enter this code on your phone:\n\n  12\nWaiting for you"
    with verbose_server(instructions=news, rounds=2) as port:
        _, steps = await asked(port, laptop, PASSWORD)
    told = steps.index("Enter this code on your phone:")
    assert [step.strip() for step in steps[told : told + 3]][1:] == ["12", "Waiting for you"]


class Endless(paramiko.ServerInterface):
    """Asks `questions` each time, without end; lets nobody in."""

    def __init__(self, questions: int) -> None:
        self.rounds = 0
        self._questions = questions

    def get_allowed_auths(self, username: str) -> str:
        return "keyboard-interactive"

    def check_auth_interactive(self, username: str, submethods: str) -> InteractiveQuery:
        return self.check_auth_interactive_response([])

    def check_auth_interactive_response(self, responses: list[str]) -> InteractiveQuery:
        self.rounds += 1
        query = InteractiveQuery("", "Still waiting for your phone")
        for number in range(self._questions):
            query.add_prompt(f"Question {self.rounds}.{number}: ", False)
        return query


@pytest.mark.parametrize(
    ("questions", "words", "rounds"),
    [
        (0, "sent 100 messages without a question", 101),
        (1, "asked more than 200 times", 201),
        (21, "asked 21 questions at once", 1),
    ],
)
async def test_rounds_without_end_end(laptop: Path, questions: int, words: str, rounds: int) -> None:
    server = Endless(questions)
    with serving(server) as port, pytest.raises(AuthError, match=words):
        await asyncio.wait_for(asked(port, laptop, PASSWORD), LIMIT)
    assert server.rounds == rounds


async def test_three_wrong_answers_end_the_login(laptop: Path) -> None:
    server = Refusing()
    with serving(server) as port, pytest.raises(AuthError, match="not accepted 3 times"):
        await asyncio.wait_for(asked(port, laptop, "wrong"), LIMIT)
    assert server.answers == 3


class Refusing(paramiko.ServerInterface):
    """Takes any number of passwords, and none is right."""

    def __init__(self) -> None:
        self.answers = 0

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        self.answers += 1
        return AUTH_FAILED


class Flood:
    """A listening socket that sends the same forever to who connects, after `first`."""

    def __init__(self, first: bytes, more: bytes) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.sent = 0
        self._thread = threading.Thread(target=self._serve, args=(first, more), daemon=True)
        self._thread.start()

    def _serve(self, first: bytes, more: bytes) -> None:
        line, _ = self._listener.accept()
        try:
            line.sendall(first)
            while True:
                self.sent += line.send(more)
        except OSError:
            line.close()

    def close(self) -> None:
        """Stop listening, once the sender has noticed the end."""
        self._thread.join(LIMIT)
        assert not self._thread.is_alive(), "the connection was not closed"
        self._listener.close()


@pytest.mark.parametrize(
    ("first", "more", "words"),
    [
        (b"", b"x" * 1000, "more than 256 kB before the login"),
        (b"SSH-2.0-x\r\n", b"\0\0\1\x0c\4\2" + b"\0" * 266, "more than 256 kB before the login"),
        (b"SSH-2.0-x\r\n", b"\x7f\xff\xff\xfc\4" + b"\0" * 27, "a packet of 2097151 kB"),
    ],
    ids=["no line end", "packets to be ignored", "one packet of 2 GB"],
)
async def test_a_server_that_sends_without_end_is_left(
    laptop: Path, first: bytes, more: bytes, words: str
) -> None:
    flood = Flood(first, more)
    with pytest.raises(ConnectError, match=words):
        await asyncio.wait_for(asked(flood.port, laptop, PASSWORD), LIMIT)
    await asyncio.to_thread(flood.close)
    assert flood.sent < 64 * receive_limit.HANDSHAKE_LIMIT


async def test_a_proxy_command_that_prints_without_end_is_ended(laptop: Path) -> None:
    steps: list[str] = []
    endpoint = Endpoint("hpc", "hpc", 22, "ada", "hpc", proxy="yes 'I am on my way' >&2")
    folders = Folders(private(laptop / "run"), private(laptop / "state"))
    with pytest.raises(ConnectError, match="printed more than 256 kB of messages"):
        await asyncio.wait_for(
            open_connection(endpoint, nobody, steps.append, set(), Vault(), folders), LIMIT
        )
    assert 0 < len(steps) < 1000, "a few of its words are shown"


async def nobody(prompt: Prompt) -> Secret:
    pytest.fail(f"nobody is to be asked: {prompt}")
