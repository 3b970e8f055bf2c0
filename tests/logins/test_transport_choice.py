"""Which program carries the connection: OpenSSH where paramiko cannot, for a reason that the user can read."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jupystra_tui.errors import AuthError
from jupystra_tui.model.finding import Verdict
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.openssh_needs import may_help
from jupystra_tui.ssh.resolve import resolve
from jupystra_tui.worker.doctor import way_in
from jupystra_tui.worker.doctor.contexts import LaptopContext

from ..cluster.nodes import LOGIN
from ..cluster.sshd import start
from . import security_key
from .conftest import At
from .journal import Journal
from .keys import AUTHORITY, PASSPHRASE
from .laptop_programs import own_master, run
from .people import PASSWORD
from .site import LoginSite
from .someone import Someone

OTHER_PORT, OTHER_PID = 2299, "run/sshd-other.pid"


@pytest.fixture
def key(logins: LoginSite) -> str:
    return f"IdentityFile {logins.keys / 'ed25519'}"


ASKED = {
    "KnownHostsCommand": "KnownHostsCommand /bin/echo {address} {host_key}",
    "Ciphers": "Ciphers chacha20-poly1305@openssh.com",
    "BindAddress": "BindAddress 0.0.0.0",
    "ProxyUseFdpass": "ProxyUseFdpass yes\nProxyCommand {python} -c '{fdpass}' %h %p",
}
FDPASS = (
    "import socket,sys; line=socket.create_connection(sys.argv[1:3]); "
    'socket.send_fds(socket.socket(fileno=1),[b"x"],[line.fileno()])'
)


@pytest.mark.parametrize("reason", ASKED)
async def test_what_only_openssh_can_do_is_done_by_it_and_the_story_says_why(
    logins: LoginSite, at: At, key: str, laptop: Path, reason: str
) -> None:
    address, host_key = logins.address(LOGIN), logins.host_key(LOGIN)
    line = ASKED[reason].format(address=address, host_key=host_key, python=sys.executable, fdpass=FDPASS)
    cluster = at("key", line, key)
    if reason == "KnownHostsCommand":
        (laptop / "known_hosts").write_text("")
    someone = Someone()
    async with someone.logged_in(cluster) as connection:
        assert (connection.transport, connection.why) == ("OpenSSH", reason)
        assert any(step.endswith(f"by OpenSSH: {reason}") for step in someone.steps)


@contextmanager
def other_server(logins: LoginSite, *options: str) -> Iterator[str]:
    """Another server on the login node, with options of sshd; its line of ~/.ssh/config."""
    node = logins.nodes[LOGIN]
    words = [word for option in (*options, f"PidFile=/{OTHER_PID}") for word in ("-o", option)]
    start(node, "-p", str(OTHER_PORT), *words, pid_file=OTHER_PID)
    try:
        yield f"Port {OTHER_PORT}"
    finally:
        node.run("kill", (node.root / OTHER_PID).read_text().strip())


@pytest.fixture
def certificate(logins: LoginSite, laptop: Path) -> str:
    """Let the login node have a certificate for its host key; returns the line of known_hosts that trusts it."""
    public = laptop / "host.pub"
    public.write_text(logins.host_key(LOGIN) + "\n")
    name = f"[{logins.address(LOGIN)}]:{OTHER_PORT}"
    names = f"{logins.address(LOGIN)},{name}"
    run("ssh-keygen", "-q", "-s", str(logins.keys / AUTHORITY), "-h", "-I", "login", "-n", names, str(public))
    there = logins.nodes[LOGIN].root / "etc/ssh/host-cert.pub"
    there.write_text((laptop / "host-cert.pub").read_text())
    return f"@cert-authority {name} {(logins.keys / f'{AUTHORITY}.pub').read_text()}"


@pytest.mark.parametrize(
    "option",
    ["Ciphers=chacha20-poly1305@openssh.com", "KexAlgorithms=sntrup761x25519-sha512@openssh.com"],
)
async def test_a_server_with_which_paramiko_has_no_method_in_common_is_logged_in_to_by_openssh(
    logins: LoginSite, at: At, key: str, laptop: Path, option: str
) -> None:
    with other_server(logins, option) as port:
        cluster, someone = at("key", port, key), Someone("trust")
        (laptop / "known_hosts").write_text("")
        async with someone.logged_in(cluster) as connection:
            assert connection.transport == "OpenSSH"
            assert any(step.startswith("trying OpenSSH: ") for step in someone.steps)
        (kept,) = (laptop / "known_hosts").read_text().splitlines()
        assert kept == f"[{logins.address(LOGIN)}]:{OTHER_PORT} {logins.host_key(LOGIN)}"


async def test_a_host_certificate_is_trusted_by_its_authority(
    logins: LoginSite, at: At, key: str, laptop: Path, certificate: str
) -> None:
    with other_server(logins, "HostCertificate=/etc/ssh/host-cert.pub") as port:
        cluster, someone = at("key", port, key), Someone()
        (laptop / "known_hosts").write_text(certificate)
        async with someone.logged_in(cluster) as connection:
            assert connection.why == "@cert-authority in known_hosts"
            assert connection.server_info.key_type == "ssh-ed25519-cert-v01@openssh.com"
            assert "host key known" in someone.steps
    assert (laptop / "known_hosts").read_text() == certificate


async def test_an_authority_that_did_not_sign_the_key_leaves_the_question(
    logins: LoginSite, at: At, key: str, laptop: Path
) -> None:
    cluster = at("key", key)
    authority = f"@cert-authority * {(logins.keys / 'ecdsa.pub').read_text()}"
    (laptop / "known_hosts").write_text(authority)
    async with Someone("once").logged_in(cluster) as connection:
        assert connection.why == "@cert-authority in known_hosts"
        assert (laptop / "known_hosts").read_text() == authority


async def test_a_key_that_only_openssh_reads_is_used_by_it_and_nothing_is_asked_twice(
    logins: LoginSite, at: At, laptop: Path
) -> None:
    odd, cipher = laptop / "id_odd", "chacha20-poly1305@openssh.com"
    odd.write_bytes((logins.keys / "ed25519").read_bytes())
    odd.chmod(0o600)
    run("ssh-keygen", "-q", "-p", "-P", "", "-N", PASSPHRASE, "-Z", cipher, "-f", str(odd))
    cluster = at("key", f"IdentityFile {odd}")
    (laptop / "known_hosts").write_text("")
    someone = Someone("once", PASSPHRASE)
    async with someone.logged_in(cluster) as connection:
        assert connection.transport == "OpenSSH"
        assert connection.why == f"id_odd is encrypted with {cipher}"


async def test_a_password_that_was_not_accepted_is_not_sent_again_by_openssh(
    logins: LoginSite, at: At, journal: Callable[..., Journal]
) -> None:
    lines = (f"IdentityFile {logins.keys / security_key.NAME}", "NumberOfPasswordPrompts 1")
    cluster, log = at("password", *lines), journal("password")
    someone = Someone("Wr0ng-badger", PASSWORD)
    async with someone.logged_in(cluster) as connection:
        assert connection.transport == "OpenSSH"
    assert log.attempts == ["Failed password", "Accepted password"]


async def test_where_openssh_fails_too_both_say_why(logins: LoginSite, at: At) -> None:
    cluster = at("nothing")
    error = await Someone().turned_away(cluster)
    assert isinstance(error, AuthError)
    assert "hostbased" in error.title
    assert "offers no supported authentication method" in error.detail
    assert await asyncio.to_thread(may_help, await resolve(cluster), AuthError("no key was accepted")) == ""


async def test_the_doctor_says_what_carries_the_connection_and_finds_nothing_wrong_with_it(
    at: At, key: str, laptop: Path
) -> None:
    control = laptop / "theirs"
    cluster = at("key", f"ControlPath {control}", "BindAddress 0.0.0.0", key)
    folders = Folders(laptop, laptop)
    before = await way_in.transport(LaptopContext(cluster, "", folders))
    assert before.seen == "the connection will use OpenSSH: BindAddress"
    async with Someone().logged_in(cluster) as connection:
        assert (
            await seen(LaptopContext(cluster, "", folders, connection))
            == "the connection uses OpenSSH: BindAddress"
        )
    with own_master(cluster.ssh_config, control):
        async with Someone().logged_in(cluster) as connection:
            said = await seen(LaptopContext(cluster, "", folders, connection))
            assert said == "the connection uses your own OpenSSH master"


async def seen(context: LaptopContext) -> str:
    """What doctor says of the transport; its other checks of the login must be ok."""
    checks = [way_in.transport, way_in.network, way_in.host_key, way_in.methods]
    findings = [await check(context) for check in checks]
    assert [finding.verdict for finding in findings] == [Verdict.OK] * 4, findings
    return findings[0].seen
