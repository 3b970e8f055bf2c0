"""What `ssh -G` asks for decides which program carries a connection."""

import subprocess
from pathlib import Path

import pytest

from jupystra_tui.errors import AuthError, ConnectError, HostKeyError
from jupystra_tui.model import Cluster
from jupystra_tui.ssh.openssh_needs import may_help, reasons, unusable_keys
from jupystra_tui.ssh.resolve import resolve
from jupystra_tui.ssh.unsupported import NoCommonMethod, UnsupportedMethod

PASSPHRASE = "Open-sesame-7"
CASES = {
    "": (),
    "PKCS11Provider /usr/lib/opensc-pkcs11.so": ("PKCS11Provider",),
    "PKCS11Provider none": (),
    "KnownHostsCommand /bin/echo %H": ("KnownHostsCommand",),
    "KnownHostsCommand none": (),
    "HostbasedAuthentication yes": ("HostbasedAuthentication",),
    "VerifyHostKeyDNS yes": ("VerifyHostKeyDNS",),
    "VerifyHostKeyDNS ask": ("VerifyHostKeyDNS",),
    "VerifyHostKeyDNS no": (),
    "BindAddress 127.0.0.1": ("BindAddress",),
    "AddressFamily inet6": ("AddressFamily",),
    "AddressFamily any": (),
    "ProxyUseFdpass yes\nProxyCommand helper %h": ("ProxyUseFdpass",),
    "ProxyUseFdpass yes": (),
    "ProxyCommand helper %h": (),
    "ProxyJump gate": (),
    "Ciphers chacha20-poly1305@openssh.com": ("Ciphers",),
    "Ciphers chacha20-poly1305@openssh.com,aes256-ctr": (),
    "Ciphers aes256-gcm@openssh.com\nMACs umac-64@openssh.com": (),
    "MACs umac-64@openssh.com": ("MACs",),
    "KexAlgorithms sntrup761x25519-sha512@openssh.com": ("KexAlgorithms",),
    "HostKeyAlgorithms ssh-ed25519-cert-v01@openssh.com": ("HostKeyAlgorithms",),
    "KnownHostsCommand /bin/true\nBindAddress 127.0.0.1": ("KnownHostsCommand", "BindAddress"),
    "GSSAPIAuthentication no": (),
}


@pytest.fixture(autouse=True)
def no_ticket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRB5CCNAME", f"FILE:{tmp_path}/none")


async def found(folder: Path, lines: str, known: str = "") -> tuple[str, ...]:
    config, known_hosts = folder / "config", folder / "known"
    known_hosts.write_text(known)
    config.write_text(f"{lines}\nUserKnownHostsFile {known_hosts}\nGlobalKnownHostsFile /dev/null\n")
    return reasons(await resolve(Cluster("hpc", "hpc.example", ssh_config=str(config))))


@pytest.mark.parametrize("lines", CASES)
async def test_a_setting_that_only_openssh_follows_is_a_reason(tmp_path: Path, lines: str) -> None:
    assert await found(tmp_path, f"IdentityFile none\n{lines}") == CASES[lines]


def key(folder: Path, name: str, *options: str) -> Path:
    """Make a key; returns its file."""
    path = folder / name
    subprocess.run(
        ["ssh-keygen", "-q", "-f", str(path), "-a", "1", *options], check=True, stdin=subprocess.DEVNULL
    )
    return path


async def test_a_host_that_known_hosts_know_by_their_authority_alone_is_a_reason(tmp_path: Path) -> None:
    public = " ".join(key(tmp_path, "ca", "-N", "").with_suffix(".pub").read_text().split()[:2])
    authority = f"@cert-authority *.example {public}\n"
    assert await found(tmp_path, "", authority) == ("@cert-authority in known_hosts",)
    assert await found(tmp_path, "", f"{authority}hpc.example {public}\n") == ()
    assert await found(tmp_path, "", f"@cert-authority *.other {public}\n") == ()


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
@pytest.mark.parametrize("cipher", ["chacha20-poly1305@openssh.com", "aes128-ctr"])
async def test_a_passphrase_that_paramiko_could_not_use_is_a_reason(
    tmp_path: Path, kind: str, cipher: str
) -> None:
    path = key(tmp_path, "id_odd", "-t", kind, "-N", PASSPHRASE, "-Z", cipher)
    assert await found(tmp_path, f"IdentityFile {path}") == (f"id_odd is encrypted with {cipher}",)


@pytest.mark.parametrize(
    "options", [("-N", ""), ("-N", PASSPHRASE), ("-N", PASSPHRASE, "-Z", "aes256-gcm@openssh.com")]
)
async def test_other_keys_are_none(tmp_path: Path, options: tuple[str, ...]) -> None:
    path = key(tmp_path, "id_plain", "-t", "ed25519", *options)
    assert await found(tmp_path, f"IdentityFile {path}") == ()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"\xff\xfe", "was saved by an editor with a byte order mark"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\n", "is incomplete: it has no END line"),
        (b"nonsense\n" * 99, "is not a private key, or is damaged"),
    ],
)
async def test_a_file_that_is_no_key_is_none_and_is_named(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "id_odd"
    path.write_bytes(content)
    path.chmod(0o600)
    assert await found(tmp_path, f"IdentityFile {path}") == ()
    endpoint = await resolve(Cluster("hpc", "hpc.example", ssh_config=str(tmp_path / "config")))
    (problem,) = unusable_keys(endpoint)
    assert problem.why == f"id_odd {why}"
    assert may_help(endpoint, AuthError("no key was accepted")) == ""


async def test_openssh_may_help_where_only_paramiko_lacks_something(tmp_path: Path) -> None:
    await found(tmp_path, "IdentityFile none")
    endpoint = await resolve(Cluster("hpc", "hpc.example", ssh_config=str(tmp_path / "config")))
    assert may_help(endpoint, NoCommonMethod("no encryption in common")) == "no encryption in common"
    assert may_help(endpoint, UnsupportedMethod("hostbased only")) == "hostbased only"
    for error in (ConnectError("refused"), HostKeyError("changed"), AuthError("wrong password")):
        assert may_help(endpoint, error) == ""
