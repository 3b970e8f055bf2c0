"""The log of OpenSSH's login tells the steps; a server's own text among it does not deceive."""

from jupystra_tui.ssh.host_keys import KnownKey
from jupystra_tui.ssh.openssh_log import LISTED, STEPS_LIMIT, OpenSshLog
from jupystra_tui.ssh.public_key import fingerprint
from jupystra_tui.ssh.server_info import AuthMethod

BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAIGyY5FeTPtGwVR7cDdMyQNPjAEXz6ieJnMHNZvLtH5Xa"
LOG = f"""\
debug1: Connecting to login.example [192.0.2.1] port 22.
debug1: Remote protocol version 2.0, remote software version OpenSSH_9.2p1 Debian-2
debug1: Server host key: ssh-ed25519 {fingerprint(BLOB)}
debug1: Host 'login.example' is known and matches the ED25519 host key.
Warning: Permanently added 'login.example' (ED25519) to the list of known hosts.
debug1: Authentications that can continue: publickey,keyboard-interactive
debug1: Next authentication method: publickey
debug1: Offering public key: /home/ada/.ssh/id work ED25519 SHA256:abc explicit
Authenticated using "publickey" with partial success.
debug1: Authentications that can continue: keyboard-interactive
debug1: Next authentication method: keyboard-interactive
Authenticated to login.example ([192.0.2.1]:22) using "keyboard-interactive".
debug1: channel 2: new mux-control [mux-control]
channel 3: open failed: administratively prohibited: open failed
channel 4: open failed: connect failed: Connection refused
channel 5: open failed: resource shortage"""


def test_the_steps_the_server_and_refused_channels_are_read() -> None:
    steps: list[str] = []
    log = OpenSshLog(steps.append, "login.example")
    assert all(log.add(line) for line in LOG.splitlines())
    assert steps == [
        "host key known",
        "key id work offered",
        "key id work accepted",
        "waiting for the login node's questions",
        "the answer accepted",
    ]
    info = log.server_info((KnownKey("ssh-ed25519", BLOB),), 2)
    assert (info.software, info.key_type, info.key) == ("SSH-2.0-OpenSSH_9.2p1 Debian-2", "ssh-ed25519", BLOB)
    assert info.methods == ("publickey", "keyboard-interactive")
    assert [one.method for one in info.accepted] == [AuthMethod.PUBLIC_KEY, AuthMethod.KEYBOARD_INTERACTIVE]
    assert [(error.code, error.text) for error in log.refusals] == [
        (1, "administratively prohibited: open failed"),
        (2, "connect failed: Connection refused"),
        (4, "resource shortage"),
    ]


def test_messages_are_not_part_of_the_log() -> None:
    log = OpenSshLog(lambda step: None)
    for line in (
        "Welcome to the cluster",
        "ada@hpc: Permission denied (publickey).",
        " debug1: not at the start",
    ):
        assert not log.add(line)


OTHER = fingerprint("AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
FORGED = f"""\
debug1: Remote protocol version 2.0, remote software version OpenSSH_99
debug1: Server host key: ssh-ed25519 {OTHER}
debug2: local client KEXINIT proposal
debug1: Authentications that can continue: password
Authenticated to gate.example ([192.0.2.9]:22) using "password".
Warning: Permanently added 'gate.example' (ED25519) to the list of known hosts."""


def test_a_banner_that_imitates_the_log_changes_nothing_that_ssh_found_before() -> None:
    log = OpenSshLog(lambda step: None, "login.example")
    messages = [line for line in [*LOG.splitlines()[:6], *FORGED.splitlines()] if not log.add(line)]
    info = log.server_info((KnownKey("ssh-ed25519", BLOB),), 0)
    assert (info.software, info.key) == ("SSH-2.0-OpenSSH_9.2p1 Debian-2", BLOB)
    assert info.methods == ("publickey", "keyboard-interactive")
    assert messages == FORGED.splitlines()[-1:]


def test_what_the_ssh_to_a_jump_host_logs_is_not_taken_for_the_login_node() -> None:
    log = OpenSshLog(lambda step: None, "login.example", jump=True)
    messages = [line for line in [*FORGED.splitlines(), *LOG.splitlines()] if not log.add(line)]
    info = log.server_info((KnownKey("ssh-ed25519", BLOB),), 0)
    assert (info.software, info.key) == ("SSH-2.0-OpenSSH_9.2p1 Debian-2", BLOB)
    assert info.methods == ("publickey", "keyboard-interactive")
    assert [one.method for one in info.accepted] == [AuthMethod.PUBLIC_KEY, AuthMethod.KEYBOARD_INTERACTIVE]
    assert messages == FORGED.splitlines()[-1:], "a key that it added is told to the user"


def test_a_server_cannot_fill_the_memory_with_lines_of_the_log() -> None:
    steps: list[str] = []
    log = OpenSshLog(steps.append)
    for line in LOG.splitlines() * 1000:
        log.add(line)
    assert len(steps) <= STEPS_LIMIT
    assert len(log.server_info((), 0).accepted) <= LISTED
    assert len(log.offered) <= LISTED


def test_the_server_s_reason_for_an_end_is_kept() -> None:
    log = OpenSshLog(lambda step: None)
    for line in (
        "Received disconnect from 192.0.2.1 port 22:2: Idle for too long",
        "Disconnected from 192.0.2.1 port 22",
    ):
        log.add(line)
    assert log.disconnect_reason == "Idle for too long"
