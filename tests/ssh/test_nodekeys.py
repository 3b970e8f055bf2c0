"""A node's key comes from the login node's own list; what that list revokes is not taken over."""

from pathlib import Path

import pytest

from jupystra_tui.errors import GivenUp
from jupystra_tui.model import Prompt
from jupystra_tui.ssh import nodekeys
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.nodekeys import know
from jupystra_tui.ssh.shell import Result
from jupystra_tui.text import Secret

from .test_hostkeys import make_key


class Listing(Connection):
    """A connection to a login node whose known_hosts holds these lines about every node."""

    def __init__(self, *lines: str) -> None:
        self._lines = lines

    async def run(self, script: str, limit: float = 20.0) -> Result:
        assert "ssh-keygen -F n1" in script
        return Result(0, "\n".join(self._lines).encode(), b"")


async def no(prompt: Prompt) -> Secret:
    return Secret("no")


async def test_a_key_that_the_list_also_revokes_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = make_key(tmp_path, "old"), make_key(tmp_path, "new")
    files = (tmp_path / "good", tmp_path / "once")
    lines = [f"n1 {' '.join(old)}", f"@revoked n1 {' '.join(old)}"]
    await know(Listing(*lines, f"n1 {' '.join(new)}"), "n1", "n1.hpc", files, no)
    assert files[0].read_text() == f"n1.hpc {' '.join(new)}\n"

    files[0].unlink()
    monkeypatch.setattr(nodekeys, "_show", lambda connection, node: new)
    with pytest.raises(GivenUp):
        await know(Listing(*lines), "n1", "n1.hpc", files, no)
    assert not files[0].exists()
