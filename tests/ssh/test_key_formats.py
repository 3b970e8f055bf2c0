"""A file that cannot be used as a private key is named for what it is, with what to do about it."""

import base64
import random
import subprocess
from contextlib import suppress
from pathlib import Path

import paramiko
import pytest

from jupystra_tui.ssh.key_files import UNREADABLE, KeyFile

PASSPHRASE = "Open-sesame-7"


def made(folder: Path, options: str, passphrase: str = "") -> Path:
    file = folder / "id_mine"
    argv = ["ssh-keygen", "-q", "-a", "1", *options.split(), "-N", passphrase, "-f", str(file)]
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)
    return file


def written(folder: Path, content: bytes) -> KeyFile:
    file = folder / "id_mine"
    file.write_bytes(content)
    file.chmod(0o600)
    return KeyFile(file)


def judged(file: KeyFile) -> tuple[str, str]:
    """What is wrong with a file and what to do, as a login finds out."""
    try:
        problem, _ = file.problem(), file.load()
    except UNREADABLE as error:
        problem = file.problem(error)
    assert problem
    return problem.why.removeprefix("id_mine "), problem.hint


def armored(label: str, content: bytes = b"x" * 60) -> bytes:
    lines = base64.encodebytes(content).decode()
    return f"-----BEGIN {label}-----\n{lines}-----END {label}-----\n".encode()


FORMATS = {
    b"": ("is empty", "ssh-keygen"),
    b" \n\n": ("is empty", "ssh-keygen"),
    b"PuTTY-User-Key-File-2: ssh-rsa\r\nEncryption: aes256-cbc\r\n": (
        "is in PuTTY's format (.ppk)",
        "puttygen '{file}' -O private-openssh -o '{file}.openssh'",
    ),
    b"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/56wAAAgI=\n---- END SSH2 ENCRYPTED PRIVATE KEY ----\n": (
        "is in the format of ssh.com",
        "ssh-keygen -i -f '{file}'",
    ),
    b"---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n": ("is a public key", "{file}"),
    armored("PUBLIC KEY"): ("is a public key", "IdentityFile"),
    armored("RSA PUBLIC KEY"): ("is a public key", "IdentityFile"),
    armored("CERTIFICATE"): ("is an X.509 certificate, not a private key", "IdentityFile"),
    armored("DSA PRIVATE KEY"): ("is a DSA key, which ssh no longer supports", "ssh-keygen -t ed25519"),
    armored("PGP PRIVATE KEY BLOCK"): ("is a PGP key", "gpg-agent"),
    b"\xff\xfe-\x00-\x00": ("was saved by an editor with a byte order mark", "ASCII"),
    b"\x30\x82\x04\xa3\x02\x01\x00": ("is in the binary format DER", "openssl pkey -inform DER"),
    armored("OPENSSH PRIVATE KEY")[:-20]: ("is incomplete: it has no END line", "again"),
    armored("RSA PRIVATE KEY")[:30]: ("is not a private key, or is damaged", "{file}"),
    armored("RSA PRIVATE KEY"): ("is not a private key, or is damaged", "{file}"),
    armored("ENCRYPTED PRIVATE KEY"): ("is not a private key, or is damaged", "{file}"),
    armored("OPENSSH PRIVATE KEY").replace(b"\n", b"\r\n"): ("has Windows line ends", "tr -d"),
    b"<html>": ("is not a private key, or is damaged", "{file}"),
}


@pytest.mark.parametrize("content", FORMATS, ids=lambda content: ascii(content[:40]))
def test_a_format_is_named_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    what, what_to_do = FORMATS[content]
    found, hint = judged(written(tmp_path, content))
    assert found == what
    assert what_to_do.format(file=tmp_path / "id_mine") in hint


@pytest.mark.parametrize("cipher", ["aes128-ctr", "3des-cbc", "chacha20-poly1305@openssh.com"])
def test_a_cipher_that_cannot_be_read_is_named(tmp_path: Path, cipher: str) -> None:
    file = made(tmp_path, f"-t ed25519 -Z {cipher}", PASSPHRASE)
    what, hint = judged(KeyFile(file))
    assert what == f"is encrypted with {cipher}, which this program cannot read"
    assert f"ssh-keygen -p -Z aes256-ctr -f '{file}'" in hint


@pytest.mark.parametrize(
    "options",
    [
        "-t ed25519",
        "-t ed25519 -Z aes256-cbc",
        "-t ed25519 -Z aes256-gcm@openssh.com",
        "-t ecdsa -b 521 -Z aes256-gcm@openssh.com",
        "-t rsa -b 2048 -Z aes256-gcm@openssh.com",
        "-t rsa -b 2048 -m PEM",
        "-t rsa -b 2048 -m PKCS8",
        "-t ecdsa -m PKCS8",
    ],
)
def test_a_key_with_a_passphrase_opens_with_it_alone(tmp_path: Path, options: str) -> None:
    file = made(tmp_path, options, PASSPHRASE)
    key = KeyFile(file)
    assert key.problem() is None
    assert key.load() is None
    assert key.load("wrong") is None
    opened = key.load(PASSPHRASE)
    assert opened
    assert key.blob == opened.asbytes()
    public = key.public_key()
    assert public
    assert public.asbytes() == opened.asbytes()


def test_a_certificate_is_named(tmp_path: Path) -> None:
    authority = made(tmp_path, "-t ed25519")
    argv = ["ssh-keygen", "-q", "-s", str(authority), "-I", "ada", "-n", "ada", f"{authority}.pub"]
    subprocess.run(argv, check=True)
    what, hint = judged(written(tmp_path, (tmp_path / "id_mine-cert.pub").read_bytes()))
    assert what == "is a certificate"
    assert "CertificateFile" in hint


def test_a_dsa_key_in_the_new_format_is_named(tmp_path: Path) -> None:
    public = paramiko.Message()
    public.add_string("ssh-dss")
    private = paramiko.Message()
    private.add_bytes(b"openssh-key-v1\0")
    for field in ("none", "none", ""):
        private.add_string(field)
    private.add_int(1)
    private.add_string(public.asbytes())
    content = armored("OPENSSH PRIVATE KEY", private.asbytes())
    assert judged(written(tmp_path, content))[0] == "is a DSA key, which ssh no longer supports"


@pytest.mark.parametrize("options", ["-t ed25519", "-t ed25519 -m PKCS8", "-t rsa -b 2048 -m PEM"])
@pytest.mark.parametrize("passphrase", ["", PASSPHRASE], ids=["plain", "locked"])
def test_no_damage_is_an_internal_error(tmp_path: Path, options: str, passphrase: str) -> None:
    whole, chance = made(tmp_path, options, passphrase).read_bytes(), random.Random(7)
    for _ in range(40):
        damaged = bytearray(whole[: chance.randrange(40, len(whole))] if chance.random() < 0.3 else whole)
        for _ in range(3):
            damaged[chance.randrange(len(damaged))] = chance.choice(b"ABCabc01/+=\n \x00\xff")
        file = written(tmp_path, bytes(damaged))
        for secret in (None, PASSPHRASE):
            with suppress(*UNREADABLE):
                file.load(secret)
