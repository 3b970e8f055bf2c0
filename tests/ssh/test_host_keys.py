"""A host's key is believed when it is on file, asked about when it is new, and a full stop when it is another one."""

import subprocess
from pathlib import Path

import pytest

from jupystra_tui.errors import GivenUp, HostKeyError
from jupystra_tui.model import HostKey, Prompt, PromptKind
from jupystra_tui.ssh import host_keys
from jupystra_tui.ssh.host_keys import HostKeyStatus, KnownKey
from jupystra_tui.ssh.known_hosts import add_key
from jupystra_tui.ssh.public_key import fingerprint
from jupystra_tui.text import Secret


def make_key(folder: Path, name: str, kind: str = "ed25519") -> tuple[str, str]:
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", folder / name], check=True)
    words = (folder / f"{name}.pub").read_text().split()
    return words[0], words[1]


def verdict(file: Path, name: str, key: tuple[str, str]) -> HostKeyStatus:
    return host_keys.host_key_status(*key, host_keys.lookup(name, [file]))


def test_the_fingerprint_is_openssh_s_own(tmp_path: Path) -> None:
    _, blob = make_key(tmp_path, "key")
    printed = subprocess.run(
        ["ssh-keygen", "-l", "-f", tmp_path / "key.pub"], check=True, capture_output=True, text=True
    )
    assert printed.stdout.split()[1] == fingerprint(blob)


def test_plain_hashed_wildcard_and_garbled_lines_are_all_read(tmp_path: Path) -> None:
    key, other = make_key(tmp_path, "key"), make_key(tmp_path, "other")
    file = tmp_path / "known_hosts"
    file.write_bytes(
        b"# caf\xe9, not UTF-8\n\xff\xfe nonsense\n"
        + f"*.example.org {' '.join(key)}\n[hpc]:2222 {' '.join(key)}\nhashed {' '.join(key)}\n".encode()
        + f"@revoked bad {' '.join(key)}\n@cert-authority signed {' '.join(other)}\n".encode()
    )
    subprocess.run(["ssh-keygen", "-H", "-f", file], capture_output=True, check=False)
    for name in ("login.example.org", "[hpc]:2222", "hashed"):
        assert verdict(file, name, key) is HostKeyStatus.KNOWN, name
        assert verdict(file, name, other) is HostKeyStatus.CHANGED, name
    assert verdict(file, "bad", key) is HostKeyStatus.REVOKED
    assert verdict(file, "signed", key) is HostKeyStatus.UNKNOWN
    assert verdict(file, "nobody", key) is HostKeyStatus.UNKNOWN


def test_one_of_several_keys_of_a_round_robin_name_is_enough(tmp_path: Path) -> None:
    first, second = make_key(tmp_path, "a"), make_key(tmp_path, "b")
    file = tmp_path / "known_hosts"
    for key in (first, second):
        add_key(file, "login", *key)
    assert verdict(file, "login", first) is verdict(file, "login", second) is HostKeyStatus.KNOWN


def test_a_new_line_touches_no_other(tmp_path: Path) -> None:
    file = tmp_path / "new" / "known_hosts"
    key = make_key(tmp_path, "key")
    add_key(file, "one", *key)
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes() + b"# a comment without an end of line \xe9"
    file.write_bytes(before)
    add_key(file, "two", *key)
    assert file.read_bytes() == before + f"\ntwo {' '.join(key)}\n".encode()


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "known_hosts").mkdir()
    with pytest.raises(HostKeyError, match="cannot be saved"):
        add_key(tmp_path / "known_hosts", "one", *make_key(tmp_path, "key"))


@pytest.mark.parametrize(
    "name", ["-", "-l", "-oProxyCommand=x", "--", "*", "c?", "!c1", "c1,c2", "", "@revoked"]
)
def test_a_name_that_is_an_option_or_a_pattern_finds_no_key(tmp_path: Path, name: str) -> None:
    file = tmp_path / "known_hosts"
    add_key(file, "c1", *make_key(tmp_path, "key"))
    before = file.read_bytes()
    assert host_keys.lookup(name, [file]) == ()
    assert file.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["key", "key.pub", "known_hosts"]


def test_a_file_that_is_missing_holds_no_key(tmp_path: Path) -> None:
    assert host_keys.lookup("one", [tmp_path / "missing"]) == ()


def test_a_changed_key_shows_both_fingerprints_and_what_to_do() -> None:
    known = (KnownKey("ssh-ed25519", "AAAA", where="/home/ada/.ssh/known_hosts"),)
    error = host_keys.host_key_refused("login", "ssh-ed25519", "BBBB", HostKeyStatus.CHANGED, known)
    assert "may not be the real login" in error.title
    assert fingerprint("AAAA") in error.detail
    assert fingerprint("BBBB") in error.detail
    assert error.hint.endswith("run: ssh-keygen -R login -f /home/ada/.ssh/known_hosts")


@pytest.mark.parametrize("form", ["krl", "text"])
def test_a_file_of_revoked_keys_is_read_in_both_its_forms(tmp_path: Path, form: str) -> None:
    key, other = make_key(tmp_path, "key"), make_key(tmp_path, "other")
    file = tmp_path / "revoked"
    file.write_text(f"# {' '.join(other)}\n{' '.join(key)} a comment\n")
    if form == "krl":
        subprocess.run(["ssh-keygen", "-q", "-k", "-f", file, tmp_path / "key.pub"], check=True)
    found = host_keys.revocations(file, *key)
    assert host_keys.host_key_status(*key, (KnownKey(*key), *found)) is HostKeyStatus.REVOKED
    assert found[0].where == str(file)
    assert host_keys.revocations(file, *other) == ()


@pytest.mark.parametrize("content", [None, b"SSHKRL\n\0cut"], ids=["missing", "damaged"])
def test_a_file_of_revoked_keys_that_cannot_be_read_is_a_full_stop(
    tmp_path: Path, content: bytes | None
) -> None:
    key, file = make_key(tmp_path, "key"), tmp_path / "revoked"
    if content:
        file.write_bytes(content)
    with pytest.raises(HostKeyError, match="it is not known whether the host's key was revoked"):
        host_keys.revocations(file, *key)


@pytest.mark.parametrize("answer", ["once", "trust"])
async def test_the_user_decides_about_a_new_key(answer: str) -> None:
    asked: list[Prompt] = []

    async def ask(prompt: Prompt) -> Secret:
        asked.append(prompt)
        return Secret(answer)

    key = HostKey("c1", "ssh-ed25519", "SHA256:abc")
    assert await host_keys.confirm_host_key(ask, key) == answer
    assert asked[0].kind is PromptKind.HOST_KEY
    assert asked[0].host_key == key


async def test_no_is_no() -> None:
    async def ask(prompt: Prompt) -> Secret:
        return Secret("no")

    with pytest.raises(GivenUp):
        await host_keys.confirm_host_key(ask, HostKey("c1", "ssh-ed25519", "SHA256:abc"))
