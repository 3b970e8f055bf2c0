"""The algorithms of a login are those that the ssh configuration allows, in its order."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupystra_tui.model import Cluster
from jupystra_tui.ssh.algorithms import allows_key, restrict
from jupystra_tui.ssh.resolve import resolve
from jupystra_tui.ssh.transport import Transport
from jupystra_tui.ssh.unsupported import NoCommonMethod


@pytest.fixture
def transport() -> Iterator[Transport]:
    near, far = socket.socketpair()
    with near, far:
        yield Transport(near)


async def restricted(transport: Transport, folder: Path, *lines: str) -> None:
    config = folder / "config"
    config.write_text("\n".join(["Host hpc", *lines, ""]))
    endpoint = await resolve(Cluster("hpc", "hpc", ssh_config=str(config)))
    restrict(transport, endpoint.algorithms)


async def test_by_default_there_is_something_of_each_kind(transport: Transport, tmp_path: Path) -> None:
    await restricted(transport, tmp_path)
    options = transport.get_security_options()
    assert all((options.ciphers, options.kex, options.digests, options.key_types))
    assert not [cipher for cipher in options.ciphers if "cbc" in cipher]


@pytest.mark.parametrize(
    ("line", "option", "left"),
    [
        ("Ciphers aes256-ctr,chacha20-poly1305@openssh.com,aes128-ctr", "ciphers", "aes256-ctr,aes128-ctr"),
        ("Ciphers ^aes256-gcm@openssh.com", "ciphers", None),
        ("MACs hmac-sha2-512", "digests", "hmac-sha2-512"),
        ("KexAlgorithms ecdh-sha2-nistp384", "kex", "ecdh-sha2-nistp384"),
        ("HostKeyAlgorithms rsa-sha2-256", "key_types", "rsa-sha2-256"),
    ],
)
async def test_only_what_is_allowed_is_offered(
    transport: Transport, tmp_path: Path, line: str, option: str, left: str | None
) -> None:
    await restricted(transport, tmp_path, line)
    offered = getattr(transport.get_security_options(), option)
    if left is None:
        assert offered[0] == "aes256-gcm@openssh.com"
    else:
        assert ",".join(offered) == left


@pytest.mark.parametrize(
    "line", ["Ciphers chacha20-poly1305@openssh.com", "KexAlgorithms sntrup761x25519-sha512@openssh.com"]
)
async def test_where_nothing_allowed_is_left_both_lists_are_shown(
    transport: Transport, tmp_path: Path, line: str
) -> None:
    keyword, name = line.split()
    with pytest.raises(NoCommonMethod) as caught:
        await restricted(transport, tmp_path, line)
    assert keyword.lower() in caught.value.title
    assert name in caught.value.detail


async def test_a_cipher_that_needs_no_mac_needs_none_in_common(transport: Transport, tmp_path: Path) -> None:
    lines = ("Ciphers aes256-gcm@openssh.com", "MACs umac-128-etm@openssh.com")
    await restricted(transport, tmp_path, *lines)
    assert tuple(transport.get_security_options().ciphers) == ("aes256-gcm@openssh.com",)


@pytest.mark.parametrize(
    ("accepted", "kind", "allowed"),
    [
        ("", "ssh-ed25519", True),
        ("ssh-ed25519", "ssh-ed25519", True),
        ("rsa-sha2-512", "ssh-ed25519", False),
        ("rsa-sha2-512", "ssh-rsa", True),
        ("ssh-ed25519", "ssh-rsa", False),
        ("rsa-sha2-256-cert-v01@openssh.com", "ssh-rsa-cert-v01@openssh.com", True),
        ("rsa-sha2-256", "ssh-rsa-cert-v01@openssh.com", False),
        ("ssh-ed25519", "sk-ssh-ed25519@openssh.com", False),
    ],
)
def test_keys_are_those_of_pubkeyacceptedalgorithms(accepted: str, kind: str, allowed: bool) -> None:
    settings = {"pubkeyacceptedalgorithms": (accepted,)} if accepted else {}
    assert allows_key(settings, kind) is allowed
