"""A node's key comes from the login node's own list, a changed one only after the user agreed."""

import base64
from pathlib import Path

import pytest

from jupystra_tui.errors import GivenUp, HostKeyError, TunnelError
from jupystra_tui.model import Prompt
from jupystra_tui.ssh import node_host_keys
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.known_hosts import add_key
from jupystra_tui.ssh.node_errors import NodeKeyChanged
from jupystra_tui.ssh.node_host_keys import accept_new_key, ensure_host_key
from jupystra_tui.ssh.public_key import fingerprint
from jupystra_tui.ssh.shell import CommandResult, OnErr
from jupystra_tui.text import Secret

from ..hostile import NO_HOST_NAMES
from .test_host_keys import make_key


class Listing(Connection):
    """A connection to a login node whose known_hosts holds these lines about every node."""

    def __init__(self, *lines: str) -> None:
        self._lines = lines

    async def run(self, script: str, limit: float = 20.0, on_err: OnErr | None = None) -> CommandResult:
        assert "ssh-keygen -F n1" in script
        return CommandResult(0, "\n".join(self._lines).encode(), b"")


async def no(prompt: Prompt) -> Secret:
    return Secret("no")


async def test_a_key_that_the_list_also_revokes_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = make_key(tmp_path, "old"), make_key(tmp_path, "new")
    files = (tmp_path / "good", tmp_path / "once")
    lines = [f"n1 {' '.join(old)}", f"@revoked n1 {' '.join(old)}"]
    await ensure_host_key(Listing(*lines, f"n1 {' '.join(new)}"), "n1", "n1.hpc", files, no)
    assert files[0].read_text() == f"n1.hpc {' '.join(new)}\n"

    files[0].unlink()
    monkeypatch.setattr(node_host_keys, "_show", lambda connection, node: new)
    with pytest.raises(GivenUp):
        await ensure_host_key(Listing(*lines), "n1", "n1.hpc", files, no)
    assert not files[0].exists()


async def test_a_key_that_cannot_be_kept_for_good_is_kept_for_the_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = make_key(tmp_path, "real")
    (tmp_path / "full").touch()  # no file can be made below it, as on a full disk
    files = (tmp_path / "full" / "good", tmp_path / "once")
    await ensure_host_key(Listing(f"n1 {' '.join(real)}"), "n1", "n1.hpc", files, no)
    assert files[1].read_text() == f"n1.hpc {' '.join(real)}\n"

    async def trust(prompt: Prompt) -> Secret:
        return Secret("trust")

    files[1].unlink()
    monkeypatch.setattr(node_host_keys, "_show", lambda connection, node: real)
    await ensure_host_key(Listing(), "n1", "n1.hpc", files, trust)
    assert files[1].read_text() == f"n1.hpc {' '.join(real)}\n"


@pytest.mark.parametrize("node", NO_HOST_NAMES)
async def test_a_node_whose_name_is_no_host_name_is_not_asked_about(tmp_path: Path, node: str) -> None:
    files = (tmp_path / "good", tmp_path / "once")
    with pytest.raises(TunnelError, match="an invalid node name"):
        await ensure_host_key(Listing(), node, f"{node}.hpc", files, no)
    with pytest.raises(TunnelError, match="an invalid node name"):
        await accept_new_key(Listing(), node, f"{node}.hpc", files, no, NodeKeyChanged("changed"))
    assert not files[0].exists()


async def test_a_hostile_list_leaves_only_real_keys_under_the_node_s_name(tmp_path: Path) -> None:
    real, other = make_key(tmp_path, "real"), make_key(tmp_path, "other", "rsa")
    files = (tmp_path / "good", tmp_path / "once")
    dss = b"".join(len(one).to_bytes(4, "big") + one for one in (b"ssh-dss", b"p", b"q", b"g", b"y"))
    lines = (
        f"n1 ssh-dss {base64.b64encode(dss).decode()}",
        f"@cert-authority * {' '.join(other)}", f"@revoked * {' '.join(other)}", f"*,!x {real[0]} {other[1]}",
        f"n1 {real[0]} AAAA", f"n1 ssh-new {real[1]}", f"* {' '.join(real)} n1\x0b* {' '.join(other)}",
        f"n1 {' '.join(real)}",
    )  # fmt: skip
    await ensure_host_key(Listing(*lines), "n1", "n1.hpc", files, no)
    assert files[0].read_text() == f"n1.hpc {' '.join(real)}\n"


class Change:
    """A node that was known by its old key and now shows `shown`; the user who answers `answer`."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, answer: str = "trust") -> None:
        self.old, self.new = make_key(folder, "old"), make_key(folder, "new")
        self.files = (folder / "good", folder / "once")
        self.prompts: list[Prompt] = []
        self._answer = answer
        for file in self.files:
            add_key(file, "n1.hpc", *self.old)
            add_key(file, "n10.hpc", *self.old)
        self.before = self.files[0].read_text()
        monkeypatch.setattr(node_host_keys, "_show", lambda connection, node: self.new)

    async def offered(self, *lines: str) -> None:
        """Go through the change; `lines` are the login node's own list."""
        await accept_new_key(
            Listing(*lines), "n1", "n1.hpc", self.files, self._ask, NodeKeyChanged("changed")
        )

    async def _ask(self, prompt: Prompt) -> Secret:
        self.prompts.append(prompt)
        return Secret(self._answer)


async def test_a_new_key_that_the_login_node_confirms_replaces_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = Change(tmp_path, monkeypatch)
    await change.offered(f"n1 {' '.join(change.old)}", f"n1 {' '.join(change.new)}")
    [prompt] = change.prompts
    assert prompt.host_key
    assert prompt.host_key.fingerprint == fingerprint(change.new[1])
    assert fingerprint(change.old[1]) in prompt.host_key.replaces
    assert not prompt.host_key.once
    assert change.files[0].read_text() == f"n10.hpc {' '.join(change.old)}\nn1.hpc {' '.join(change.new)}\n"
    assert change.files[1].read_text() == f"n10.hpc {' '.join(change.old)}\n"
    await change.offered(f"n1 {' '.join(change.new)}")
    assert len(change.prompts) == 1, "the next tunnel does not ask again"


@pytest.mark.parametrize("answer", ["no", "once", ""])
async def test_a_new_key_that_the_user_does_not_accept_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    change = Change(tmp_path, monkeypatch, answer)
    with pytest.raises(GivenUp):
        await change.offered(f"n1 {' '.join(change.new)}")
    assert change.files[0].read_text() == change.files[1].read_text() == change.before


@pytest.mark.parametrize(
    ("listed", "title"),
    [
        ((), "has changed"),
        (("n1 {old}",), "has changed"),
        (("@cert-authority n1 {new}",), "has changed"),
        (("n1 {new}", "@revoked n1 {new}"), "is revoked"),
        (("@revoked n1 {new}",), "is revoked"),
    ],
)
async def test_a_new_key_that_nobody_confirms_is_a_full_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listed: tuple[str, ...], title: str
) -> None:
    change = Change(tmp_path, monkeypatch)
    with pytest.raises(HostKeyError, match=title) as caught:
        await change.offered(
            *(line.format(old=" ".join(change.old), new=" ".join(change.new)) for line in listed)
        )
    assert fingerprint(change.new[1]) in caught.value.detail
    assert fingerprint(change.old[1]) in caught.value.detail
    assert change.prompts == []
    assert change.files[0].read_text() == change.files[1].read_text() == change.before
