"""What is written to known_hosts is one name and one real key, and the user's other lines stay as they are."""

import base64
import os
import random
import subprocess
import threading
from pathlib import Path

import pytest

from jupystra_tui.errors import HostKeyError
from jupystra_tui.ssh import host_keys
from jupystra_tui.ssh.host_keys import HostKeyStatus
from jupystra_tui.ssh.known_hosts import add_key, replace_key
from jupystra_tui.ssh.public_key import is_host_key, is_public_key

from ..hostile import HOST_NAMES, NO_HOST_NAMES
from .test_host_keys import make_key, verdict

ED = "ssh-ed25519"


def field(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content


def blob(*fields: bytes) -> str:
    return base64.b64encode(b"".join(map(field, fields))).decode()


KEY = ED, blob(ED.encode(), b"k" * 32)
ALLOWED = {"[c1]:22", "::1", "c1:22", "c1%h"}  # may be a login node's: with a port, or an address
NO_NAMES = ["c" * 513, "[c1]", "[c1]:", "[c1]:22,*", "[*]:22", "[c1:22", "[-c1]:22"]
NO_NAMES += [name for name in NO_HOST_NAMES if name not in ALLOWED and len(name) < 200]
NO_KEYS = {
    "another type inside": (ED, blob(b"ssh-rsa", b"\1\0\1", b"n" * 256)),
    "another type outside": ("ssh-rsa", KEY[1]),
    "an unknown type": ("ssh-new", blob(b"ssh-new", b"k" * 32)),
    "an old type": ("ssh-dss", blob(b"ssh-dss", b"p", b"q", b"g", b"y")),
    "a certificate": (
        "ssh-ed25519-cert-v01@openssh.com",
        blob(b"ssh-ed25519-cert-v01@openssh.com", b"k" * 32),
    ),
    "no base64": (ED, "AAAA*"),
    "signs that base64 does not have": (ED, f"{KEY[1][:8]}*\t{KEY[1][8:]}"),
    "cut": (ED, KEY[1][:-8]),
    "more after it": (ED, base64.b64encode(base64.b64decode(KEY[1]) + b"x").decode()),
    "no key inside": (ED, blob(ED.encode())),
    "an empty key inside": (ED, blob(ED.encode(), b"")),
    "nothing": (ED, ""),
    "no type": ("", KEY[1]),
    "a line end": (ED, KEY[1] + "\n@cert-authority * " + " ".join(KEY)),
    "a line end in the type": (f"{ED} {KEY[1]}\n*", KEY[1]),
    "a blank": (ED, KEY[1] + " more"),
    "not ASCII": (ED, KEY[1] + "é"),
    "too long": (ED, blob(ED.encode(), b"k" * 5000)),
    "a length that lies": (
        ED,
        base64.b64encode(field(ED.encode()) + b"\xff\xff\xff\xff" + b"k" * 32).decode(),
    ),
}


@pytest.mark.parametrize("name", NO_NAMES)
@pytest.mark.parametrize("hashed", [False, True])
def test_a_name_that_is_more_than_a_name_is_not_written(tmp_path: Path, name: str, hashed: bool) -> None:
    file = tmp_path / "known_hosts"
    file.write_text("theirs\n")
    with pytest.raises(HostKeyError, match="No key can be saved"):
        add_key(file, name, *KEY, hashed=hashed)
    with pytest.raises(HostKeyError, match="No key can be saved"):
        replace_key((file, file), name, *KEY)
    assert file.read_text() == "theirs\n"


@pytest.mark.parametrize("what", NO_KEYS)
def test_what_is_no_host_key_is_not_written(tmp_path: Path, what: str) -> None:
    assert not is_host_key(*NO_KEYS[what])
    with pytest.raises(HostKeyError, match="valid host key"):
        add_key(tmp_path / "known_hosts", "c1", *NO_KEYS[what])
    assert not (tmp_path / "known_hosts").exists()


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_the_keys_of_openssh_are_keys(tmp_path: Path, kind: str) -> None:
    assert is_host_key(*make_key(tmp_path, "key", kind))


@pytest.mark.parametrize("name", [*HOST_NAMES, "[hpc]:2222", "[fe80::1%eth0]:22", "::1"])
@pytest.mark.parametrize("hashed", [False, True])
def test_openssh_finds_what_was_written(tmp_path: Path, name: str, hashed: bool) -> None:
    file, key = tmp_path / "known_hosts", make_key(tmp_path, "key")
    add_key(file, name.lower(), *key, hashed=hashed)
    assert verdict(file, name.lower(), key) is HostKeyStatus.KNOWN
    assert file.read_text().startswith("|1|" if hashed else f"{name.lower()} ")
    assert verdict(file, "other", key) is HostKeyStatus.UNKNOWN


def test_what_the_login_node_printed_cannot_add_a_certificate_authority(tmp_path: Path) -> None:
    real = make_key(tmp_path, "key")
    said = "\n".join(
        ["# Host c1 found: line 1", f"@cert-authority * {' '.join(real)}", f"c1 {ED} {NO_KEYS['cut'][1]}"]
        + [f"c1 {type_} {key}" for type_, key in NO_KEYS.values() if "\n" not in type_ + key]
        + [f"c1 {' '.join(real)} \x1b[2Ja comment"]
    )
    found = host_keys.read_lookup(said.encode())
    assert {(key.marker, key.type, key.blob) for key in found if is_host_key(key.type, key.blob)} == {
        ("@cert-authority", *real), ("", *real), ("", *KEY),
    }  # fmt: skip


@pytest.mark.parametrize("what", ["cut", "no base64", "another type outside"])
def test_a_line_of_a_file_that_holds_no_key_is_none(what: str) -> None:
    type_, key = NO_KEYS[what]
    assert host_keys.read_lookup(f"c1 {type_} {key}".encode()) == ()


def test_a_full_disk_leaves_no_half_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "known_hosts"
    file.write_bytes(b"theirs")
    write = os.write
    monkeypatch.setattr(os, "write", lambda to, content: write(to, content[:7]))
    with pytest.raises(HostKeyError, match="cannot be saved"):
        add_key(file, "c1", *KEY)
    assert file.read_bytes() == b"theirs"


def test_many_writers_lose_no_line(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_bytes(b"theirs, without an end")
    threads = [threading.Thread(target=add_key, args=(file, f"c{number}", *KEY)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first, *lines = file.read_text().splitlines()
    assert first == "theirs, without an end"
    assert sorted(lines) == sorted(f"c{number} {' '.join(KEY)}" for number in range(20))


def test_a_changed_key_takes_the_place_of_the_old_one_alone(tmp_path: Path) -> None:
    files = tmp_path / "known_hosts", tmp_path / "once"
    old, new = " ".join(KEY), make_key(tmp_path, "new")
    files[0].write_text(f"c10.hpc {old}\nc1.hpc {old}\nc1.hpc.x {old}\nc1.hpc ssh-rsa AAAA\n# c1.hpc")
    files[0].chmod(0o644)
    files[1].write_text(f"c1.hpc {old}\nc2.hpc {old}\n")
    replace_key(files, "c1.hpc", *new)
    assert files[0].read_text() == f"c10.hpc {old}\nc1.hpc.x {old}\n# c1.hpc\nc1.hpc {' '.join(new)}\n"
    assert files[1].read_text() == f"c2.hpc {old}\n"
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["known_hosts", "new", "new.pub", "once"]


def test_random_keys_are_refused_or_read_by_openssh(tmp_path: Path) -> None:
    chance, real = random.Random(5), base64.b64decode(KEY[1])
    for _ in range(3000):
        broken = bytearray(real)
        for _ in range(chance.randrange(1, 4)):
            broken[chance.randrange(19)] = chance.randrange(256)
        text = base64.b64encode(bytes(broken)).decode()
        assert is_public_key(ED, text) == (broken[:19] == real[:19])
    file = tmp_path / "key.pub"
    file.write_text(" ".join(KEY) + "\n")
    assert subprocess.run(["ssh-keygen", "-lf", file], capture_output=True).returncode == 0
