"""What a server has logged since a story began: attempts to log in, and how each answer was."""

import asyncio
import re
import time
from collections.abc import Callable
from pathlib import Path

from . import servers
from .servers import PAM_LOG, SSHD_LOG
from .site import LoginSite

ATTEMPT = re.compile(r"(Accepted|Failed|Partial) (\S+?)(?:/pam)? for ")

LOG_SECONDS = 5.0


class Journal:
    """The new lines of one node's logs; `user` is whom they are about."""

    def __init__(self, site: LoginSite, node: str, user: str) -> None:
        self._user = user
        self._node = site.nodes[node]
        self._sshd = _Tail(site.log(node, SSHD_LOG))
        self._pam = _Tail(site.log(node, PAM_LOG))

    @property
    def attempts(self) -> "Entries":
        """Every attempt that the server counted, such as `Failed password`, without `none`, which asks for methods."""
        return Entries(self._attempts)

    @property
    def verdicts(self) -> "Entries":
        """How each answer to PAM was, in turn."""
        return Entries(self._verdicts)

    def _attempts(self) -> list[str]:
        found = (ATTEMPT.match(line) for line in self._sshd.lines() if f"for {self._user} " in line)
        return [f"{match[1]} {match[2]}" for match in found if match and match[2] != "none"]

    def _verdicts(self) -> list[str]:
        return [words[2] for words in self._told() if len(words) == 3]

    @property
    def conversations(self) -> int:
        """How often PAM began to ask."""
        return sum(words[1] == "begin" for words in self._told())

    async def ended(self, seconds: float = 30.0) -> None:
        """Wait until the node has no connection any more; after that nothing can follow."""
        deadline = time.monotonic() + seconds
        while servers.connections(self._node):
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self._node.name} still has a connection: {self._sshd.lines()}")
            await asyncio.sleep(0.02)

    def _told(self) -> list[list[str]]:
        return [words for words in map(str.split, self._pam.lines()) if words[0] == self._user]


class Entries(list[str]):
    """What is logged by now; equal to a list once the log has come to that: sshd answers first, and logs then."""

    def __init__(self, read: Callable[[], list[str]]) -> None:
        super().__init__(read())
        self._read = read

    def __eq__(self, other: object) -> bool:
        deadline = time.monotonic() + LOG_SECONDS
        while list(self) != other and time.monotonic() < deadline:
            time.sleep(0.02)
            self[:] = self._read()
        return list(self) == other

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None


class _Tail:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._start = path.stat().st_size if path.exists() else 0

    def lines(self) -> list[str]:
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._start)
            return file.read().decode(errors="replace").splitlines()
