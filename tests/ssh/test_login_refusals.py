"""Servers that refuse: three wrong answers are the end, a refusal without a question is none."""

import threading
from pathlib import Path

import paramiko
import pytest
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL
from paramiko.server import InteractiveQuery

from jupystra_tui.errors import AuthError
from jupystra_tui.ssh import authenticator

from .servers import asked, serving
from .test_host_keys import make_key

RIGHT = "Gr8-hedgehog"
REFUSED = AUTH_FAILED


class Refusing(paramiko.ServerInterface):
    """Offers `methods`, and lets in nobody but who gives `RIGHT` as password; `asked_for` tells what was tried."""

    def __init__(self, methods: str) -> None:
        self.methods = methods
        self.asked_for: list[str] = []

    def get_allowed_auths(self, username: str) -> str:
        return self.methods

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self.asked_for.append("publickey")
        return REFUSED

    def check_auth_interactive(self, username: str, submethods: str) -> "int | InteractiveQuery":
        self.asked_for.append("keyboard-interactive")
        return REFUSED

    def check_auth_password(self, username: str, password: str) -> int:
        self.asked_for.append("password")
        return AUTH_SUCCESSFUL if password == RIGHT else REFUSED


class Turning(Refusing):
    """Offers the other method after each wrong answer."""

    def check_auth_interactive(self, username: str, submethods: str) -> "int | InteractiveQuery":
        return InteractiveQuery("", "", "Password: ")

    def check_auth_interactive_response(self, responses: list[str]) -> "int | InteractiveQuery":
        self.methods = "password"
        return REFUSED

    def check_auth_password(self, username: str, password: str) -> int:
        self.methods = "keyboard-interactive"
        return REFUSED


class Speechless(Refusing):
    """Never says whether a password is right."""

    def __init__(self) -> None:
        super().__init__("password")
        self.over = threading.Event()

    def check_auth_password(self, username: str, password: str) -> int:
        self.over.wait()
        return REFUSED


async def test_a_server_that_has_no_questions_of_its_own_gets_the_password(laptop: Path) -> None:
    server = Refusing("keyboard-interactive,password")
    with serving(server) as port:
        prompts, _ = await asked(port, laptop, "wrong", RIGHT)
    assert server.asked_for == ["keyboard-interactive", "password", "password"]
    assert [prompt.notes for prompt in prompts] == ["", "the password was not accepted"]


async def test_a_refusal_that_nobody_could_answer_is_told_as_one(laptop: Path) -> None:
    server = Refusing("keyboard-interactive")
    with (
        serving(server) as port,
        pytest.raises(AuthError, match="rejected the login without asking a question"),
    ):
        await asked(port, laptop, "")
    assert server.asked_for == ["keyboard-interactive"]


async def test_wrong_passwords_are_named_even_where_a_key_was_refused_before(laptop: Path) -> None:
    make_key(laptop, "key")
    with serving(Refusing("publickey,password")) as port, pytest.raises(AuthError) as caught:
        await asked(port, laptop, "wrong", identities=(laptop / "key",))
    assert caught.value.title == "ada@hpc: the password was not accepted 3 times"
    assert caught.value.detail == "Tried:\nkey"


async def test_a_server_that_turns_its_methods_hears_three_wrong_answers_too(laptop: Path) -> None:
    with serving(Turning("password")) as port, pytest.raises(AuthError, match="3 times"):
        await asked(port, laptop, "wrong")


async def test_a_server_that_never_answers_is_left(laptop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authenticator, "USER_SECONDS", 0.5)
    server = Speechless()
    with serving(server) as port:
        with pytest.raises(AuthError, match="closed the connection"):
            await asked(port, laptop, RIGHT)
        server.over.set()
