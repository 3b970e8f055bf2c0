"""Three wrong answers end a login, whichever way they are asked for: never a fourth, which may lock the account."""

import subprocess
from pathlib import Path

import paramiko
import pytest
from msgspec.structs import replace
from paramiko.common import AUTH_FAILED
from paramiko.server import InteractiveQuery

from jupystra_tui.errors import AuthError
from jupystra_tui.model import Prompt
from jupystra_tui.ssh.askpass import Question
from jupystra_tui.ssh.askpass_answers import AskpassAnswers
from jupystra_tui.ssh.key_candidates import KeyCandidates
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.ssh_tunnel import NodeTarget, command
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret

from .servers import asked, serving

ENDPOINT = Endpoint("hpc", "127.0.0.1", 22, "ada", "127.0.0.1")


class Counting(paramiko.ServerInterface):
    """Asks for a password by one method, accepts none, and counts them."""

    def __init__(self, method: str) -> None:
        self.wrong = 0
        self._method = method

    def get_allowed_auths(self, username: str) -> str:
        return self._method

    def check_auth_password(self, username: str, password: str) -> int:
        self.wrong += 1
        return AUTH_FAILED

    def check_auth_interactive(self, username: str, submethods: str) -> InteractiveQuery:
        return InteractiveQuery("", "", "Verification code: ")

    def check_auth_interactive_response(self, responses: list[str]) -> int:
        self.wrong += 1
        return AUTH_FAILED


@pytest.mark.parametrize("method", ["password", "keyboard-interactive"])
async def test_a_login_node_hears_three_wrong_answers(laptop: Path, method: str) -> None:
    server = Counting(method)
    with serving(server) as port, pytest.raises(AuthError):
        await asked(port, laptop, "wrong")
    assert server.wrong == 3


async def test_a_hop_hears_three_wrong_answers() -> None:
    prompts: list[Prompt] = []

    async def ask(prompt: Prompt) -> Secret:
        prompts.append(prompt)
        return Secret("wrong")

    answers = AskpassAnswers("ada@bastion", ask, lambda step: None, Vault())
    for _ in range(3):
        await answers(Question("", "Verification code: "))
    with pytest.raises(AuthError):
        await answers(Question("", "Verification code: "))
    assert len(prompts) == 3


def test_openssh_asks_for_a_password_three_times() -> None:
    argv = command(ENDPOINT, "", NodeTarget("n1", "n1", ()), Path("control"), Path("bridge"))
    given = [word for word in argv if "NumberOfPasswordPrompts" in word]
    assert given == ["-oNumberOfPasswordPrompts=3"]


def test_a_locked_key_takes_three_passphrases(tmp_path: Path) -> None:
    key = tmp_path / "id_locked"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "right", "-f", key], check=True)
    prompts: list[Prompt] = []

    def ask(prompt: Prompt) -> Secret:
        prompts.append(prompt)
        return Secret("wrong")

    offers = KeyCandidates(replace(ENDPOINT, identities=(key,)), ask, lambda step: None, Vault())
    [offer] = offers
    assert offer.unlock
    assert offer.unlock() is None
    assert offer.unlock() is None
    assert [prompt.text for prompt in prompts] == [f"Passphrase for the key {key}"] * 3
