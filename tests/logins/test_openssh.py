"""OpenSSH carries the connection: where paramiko cannot, and over a master that runs already."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from jupystra_tui.errors import AuthError, GivenUp
from jupystra_tui.model.cluster import OPENSSH
from jupystra_tui.ssh.openssh_needs import may_help
from jupystra_tui.ssh.resolve import resolve

from ..cluster.nodes import LOGIN
from ..cluster.sshd import start
from .conftest import At
from .hops import hop
from .journal import Journal
from .keys import AUTHORITY, PASSPHRASE
from .people import CODES, PASSWORD
from .site import LoginSite
from .someone import Someone

OTHER_PORT, OTHER_PID = 2299, "run/sshd-other.pid"
by_openssh = pytest.mark.parametrize("transport", [OPENSSH], indirect=True)


@pytest.fixture
def key(logins: LoginSite) -> str:
    return f"IdentityFile {logins.keys / 'ed25519'}"


@contextmanager
def own_master(cluster_config: str, control: Path) -> Iterator[int]:
    """A master of the user's own, as `ssh -M` in another terminal; its process id."""
    argv = ["ssh", "-F", cluster_config, "-M", "-N", "-S", str(control), "-oControlPersist=no", "hpc"]
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while not control.exists():
                assert process.poll() is None
                os.sched_yield()
            yield process.pid
        finally:
            process.kill()


def ours(laptop: Path) -> list[str]:
    """The command lines of the processes that work in the laptop's folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if f"{laptop}/m-" in words or f"{laptop}/askpass-" in words:
            found.append(words)
    return found


def sockets(laptop: Path) -> list[str]:
    return [path.name for path in laptop.iterdir() if path.name[:2] in ("m-", "k-", "a-", "s-")]


def run(*argv: str) -> str:
    """Run a program of this laptop; returns its messages."""
    return subprocess.run(argv, check=True, capture_output=True, text=True).stderr


async def until_gone(laptop: Path) -> None:
    """Wait until no process and no socket of the connection is left."""
    async with asyncio.timeout(10):
        while ours(laptop) or sockets(laptop):  # noqa: ASYNC110  nothing reports their end
            await asyncio.sleep(0.05)


async def test_a_master_that_runs_already_is_used_and_outlives_us(
    logins: LoginSite, at: At, key: str, laptop: Path, journal: Callable[..., Journal]
) -> None:
    control = laptop / "theirs"
    cluster = at("key", f"ControlPath {control}", key)
    with own_master(cluster.ssh_config, control) as pid:
        cluster = at("key", f"ControlPath {control}", "Host n1", f"  {key}", "Host *")
        log, someone = journal("key"), Someone()
        async with someone.logged_in(cluster) as connection, hop(connection, someone, laptop):
            assert "your own OpenSSH master" in connection.transport
            assert await connection.answers()
        assert (someone.prompts, log.attempts) == ([], [])
        assert f"pid={pid}" in run("ssh", "-S", str(control), "-O", "check", "x")
        assert sockets(laptop) == []


@pytest.mark.parametrize("left", ["nothing", "a socket without a master"])
@by_openssh
async def test_without_a_master_of_their_own_ours_leaves_their_path_alone(
    at: At, key: str, laptop: Path, left: str
) -> None:
    control = laptop / "theirs"
    cluster = at("key", f"ControlPath {control}", "ControlMaster auto", "ControlPersist 60", key)
    if left != "nothing":
        with own_master(cluster.ssh_config, control) as pid:
            os.kill(pid, signal.SIGKILL)
    before = control.exists()
    async with Someone().logged_in(cluster) as connection:
        assert connection.transport == "OpenSSH"
        assert control.exists() is before
    await until_gone(laptop)


@by_openssh
async def test_a_master_that_dies_is_noticed_and_leaves_nothing(at: At, key: str, laptop: Path) -> None:
    async with Someone().logged_in(at("key", key)) as connection:
        (command,) = [words for words in ours(laptop) if words.startswith(("ssh", "/usr/bin/ssh"))]
        assert "-M" in command
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(FileNotFoundError, ProcessLookupError):
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                if words == command:
                    os.kill(int(entry.name), signal.SIGKILL)
        async with asyncio.timeout(5):
            await connection.lost.wait()
        assert not connection.alive
        await until_gone(laptop)


@by_openssh
@pytest.mark.parametrize("answers", [(), (PASSWORD,)])
async def test_cancel_leaves_no_process_and_no_file(at: At, laptop: Path, answers: tuple[str, ...]) -> None:
    error = await Someone(*answers, None).turned_away(at("menu"))
    assert isinstance(error, GivenUp)
    await until_gone(laptop)


@by_openssh
async def test_a_login_that_is_cancelled_by_the_program_ends_ssh(at: At, laptop: Path) -> None:
    asked, never = asyncio.Event(), asyncio.Event()

    async def slow() -> str:
        asked.set()
        await never.wait()
        return ""

    login = asyncio.create_task(Someone(slow).connect(at("password")))
    async with asyncio.timeout(10):
        await asked.wait()
    assert ours(laptop)
    login.cancel()
    with pytest.raises(asyncio.CancelledError):
        await login
    await until_gone(laptop)


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


async def test_where_openssh_fails_too_both_say_why(logins: LoginSite, at: At) -> None:
    cluster = at("nothing")
    error = await Someone().turned_away(cluster)
    assert isinstance(error, AuthError)
    assert "hostbased" in error.title
    assert "offers no supported authentication method" in error.detail
    assert await asyncio.to_thread(may_help, await resolve(cluster), AuthError("no key was accepted")) == ""


@by_openssh
async def test_a_second_login_after_a_break_reuses_what_was_trusted(
    logins: LoginSite, at: At, key: str, laptop: Path
) -> None:
    cluster, someone = at("key", key), Someone("once")
    (laptop / "known_hosts").write_text("")
    async with someone.logged_in(cluster):
        logins.kill_sessions(LOGIN)
    again = Someone()
    again.trusted = someone.trusted
    async with again.logged_in(cluster):
        assert (laptop / "known_hosts").read_text() == ""


@by_openssh
async def test_the_story_of_a_login_names_its_steps(at: At, key: str, logins: LoginSite) -> None:
    someone = Someone(PASSWORD, CODES[0])
    async with someone.logged_in(at("code", key)) as connection:
        told = "\n".join(someone.steps)
        assert "host key known" in told
        assert "waiting for the login node's questions" in told
        assert [one.label for one in connection.server_info.accepted] == ["the answer"]
        assert connection.server_info.prompts == 2
        assert connection.server_info.key == logins.host_key(LOGIN).split()[1]
        assert connection.server_info.software.startswith("SSH-2.0-OpenSSH")
