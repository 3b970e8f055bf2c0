"""Tokens and environment variables of a configuration are replaced as ssh itself replaces them."""

import re
import subprocess
from pathlib import Path

import pytest

from jupystra_tui.errors import ConfigError
from jupystra_tui.model import Cluster
from jupystra_tui.ssh.resolve import Endpoint, first_hop, resolve

TOKENS = ["%%", "%C", "%d", "%h", "%i", "%k", "%L", "%l", "%n", "%p", "%r", "%u"]
NEWER = ("%j",)
HEADER = "Host hpc\n  HostName login.example.org\n  Port 2200\n  User ada\n  HostKeyAlias key-name\n"


def known_to_ssh(token: str) -> bool:
    done = subprocess.run(
        ["ssh", "-F", "/dev/null", "-G", f"-oControlPath={token}", "x"], capture_output=True
    )
    return done.returncode == 0


def as_ssh_reads(config: Path) -> list[Path]:
    """The key files that ssh itself names; it connects to nothing."""
    argv = ["ssh", "-v", "-F", str(config), "-oProxyCommand=false", "hpc", "true"]
    said = subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.DEVNULL).stderr
    return [
        Path(found) for found in re.findall(r"identity file (.*) type -?\d", said) if "-cert" not in found
    ]


async def written(folder: Path, *lines: str) -> tuple[Path, Endpoint]:
    config = folder / "config"
    config.write_text(HEADER + "".join(f"  {line}\n" for line in lines))
    return config, await resolve(Cluster("hpc", "hpc", ssh_config=str(config)))


async def test_key_files_are_those_of_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYS", str(tmp_path / "my keys"))
    tokens = [*TOKENS, *filter(known_to_ssh, NEWER)]
    values = [*(f"{tmp_path}/one-{token}-x" for token in tokens), "${KEYS}/id_%r", "~/.ssh/%%h", "/k/%%%h%%"]
    config, endpoint = await written(tmp_path, *(f'IdentityFile "{value}"' for value in values))
    expected = as_ssh_reads(config)
    assert len(expected) == len(values)
    assert list(endpoint.identities) == expected
    assert str(endpoint.identities[-3]).endswith("my keys/id_ada")


async def test_every_other_path_has_its_tokens_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORK", str(tmp_path))
    _, endpoint = await written(
        tmp_path,
        "CertificateFile ${WORK}/%r-cert.pub",
        "IdentityAgent ${WORK}/agent-%h-%%h",
        "UserKnownHostsFile ${WORK}/known-%k /other/%n",
        "RevokedHostKeys ${WORK}/%h.krl",
    )
    assert endpoint.certificates == (tmp_path / "ada-cert.pub",)
    assert endpoint.agent == f"{tmp_path}/agent-login.example.org-%h"
    assert endpoint.known_hosts[:2] == (tmp_path / "known-key-name", Path("/other/hpc"))
    assert endpoint.revoked_keys == tmp_path / "login.example.org.krl"


@pytest.mark.parametrize(
    ("jump", "command", "first"),
    [
        ("%r@gw", "ada@gw", ("gw", 22)),
        ("%r@gw:2022", "ssh://ada@gw:2022", ("gw", 2022)),
        ("%n-gate", "hpc-gate", ("hpc-gate", 22)),
    ],
)
async def test_a_jump_host_has_its_tokens(
    tmp_path: Path, jump: str, command: str, first: tuple[str, int]
) -> None:
    _, endpoint = await written(tmp_path, f"ProxyJump {jump}")
    assert endpoint.proxy.endswith(f"-W '[login.example.org]:2200' -- '{command}'")
    assert await first_hop(endpoint) == first


async def test_a_chain_of_jump_hosts_has_its_tokens(tmp_path: Path) -> None:
    _, endpoint = await written(tmp_path, "ProxyJump %r@one,%n-two")
    assert "-J 'ada@one' -W '[login.example.org]:2200' -- 'hpc-two'" in endpoint.proxy


async def test_a_proxy_command_has_its_tokens(tmp_path: Path) -> None:
    _, endpoint = await written(tmp_path, "ProxyCommand nc -X %% -u %r %n %h %p")
    assert endpoint.proxy == "nc -X % -u ada hpc login.example.org 2200"


@pytest.mark.parametrize("value", ["${NOT_SET}/id", "/keys/%Q"])
async def test_what_ssh_cannot_replace_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.delenv("NOT_SET", raising=False)
    with pytest.raises(ConfigError) as caught:
        await written(tmp_path, f"IdentityFile {value}")
    assert "NOT_SET" in caught.value.detail or "%Q" in caught.value.detail


async def test_the_agent_of_a_variable_is_the_user_s_present_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", "/that/the/worker/began/with")
    config = tmp_path / "config"
    config.write_text(HEADER + "  IdentityAgent ${SSH_AUTH_SOCK}\n")
    endpoint = await resolve(Cluster("hpc", "hpc", ssh_config=str(config)), "/the/present/one")
    assert endpoint.agent == "/the/present/one"
