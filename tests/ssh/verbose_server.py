"""An ssh server that says too much before, and asks too much while, it lets one in."""

from contextlib import AbstractContextManager

import paramiko
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL
from paramiko.server import InteractiveQuery

from .servers import serving

PASSWORD = "Gr8-hedgehog"


class VerboseServer(paramiko.ServerInterface):
    """Lets `PASSWORD` in by keyboard-interactive, after a banner, an instruction and a prompt of any length."""

    def __init__(self, banner: str, instructions: str, prompt: str, rounds: int) -> None:
        self._banner = banner
        self._instructions = instructions
        self._prompt = prompt
        self._rounds = rounds

    def get_banner(self) -> tuple[str, str]:
        return self._banner, "en-US"

    def get_allowed_auths(self, username: str) -> str:
        return "keyboard-interactive"

    def check_auth_interactive(self, username: str, submethods: str) -> InteractiveQuery:
        return self._query()

    def check_auth_interactive_response(self, responses: list[str]) -> "int | InteractiveQuery":
        self._rounds -= 1
        if self._rounds > 0:
            return self._query()
        return AUTH_SUCCESSFUL if responses == [PASSWORD] else AUTH_FAILED

    def _query(self) -> InteractiveQuery:
        query = InteractiveQuery("", self._instructions)
        if self._rounds == 1:
            query.add_prompt(self._prompt, False)
        return query


def verbose_server(
    banner: str = "", instructions: str = "", prompt: str = "Password: ", rounds: int = 1
) -> AbstractContextManager[int]:
    """Serve one connection; yields the port. All but the last of `rounds` ask nothing."""
    return serving(VerboseServer(banner, instructions, prompt, rounds))
