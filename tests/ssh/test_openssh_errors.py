"""What OpenSSH prints when a login fails, in the user's words."""

import pytest

from jupystra_tui.errors import AuthError, ConnectError, HostKeyError
from jupystra_tui.model import Layer
from jupystra_tui.ssh.auth_errors import ClosedBeforeLogin
from jupystra_tui.ssh.kerberos import Ticket
from jupystra_tui.ssh.key_formats import UnusableKey
from jupystra_tui.ssh.openssh_errors import FailedLogin, master_error
from jupystra_tui.ssh.resolve import Endpoint

DIRECT = Endpoint("hpc", "login.example", 22, "ada", "login.example")
JUMPED = Endpoint("hpc", "login.example", 22, "ada", "login.example", proxy="ssh -W x gate", jump="gate")
DENIED = "ada@login.example: Permission denied ({})."
ENDED = (
    "kex_exchange_identification: Connection closed by remote host\nConnection closed by UNKNOWN port 65535"
)

CASES = {
    "ssh: Could not resolve hostname login.example: Name or service not known": (
        ConnectError,
        "There is no host named login.example",
    ),
    "ssh: Could not resolve hostname login.example: Temporary failure in name resolution": (
        ConnectError,
        "The address of login.example cannot be looked up: no name server answers",
    ),
    "ssh: connect to host login.example port 22: Connection refused": (
        ConnectError,
        "login.example, port 22 refused the connection",
    ),
    "ssh: connect to host login.example port 22: Connection timed out": (
        ConnectError,
        "login.example, port 22 did not answer in time",
    ),
    "ssh: connect to host login.example port 22: No route to host": (
        ConnectError,
        "login.example, port 22 cannot be reached: No route to host",
    ),
    "Connection timed out during banner exchange": (
        ConnectError,
        "login.example did not answer as an ssh server in time",
    ),
    "Unable to negotiate with 192.0.2.1 port 22: no matching cipher found. Their offer: 3des-cbc": (
        ConnectError,
        "login.example and your ssh have no cipher in common",
    ),
    "Unable to negotiate with 192.0.2.1 port 22: no matching host key type found. Their offer: ssh-dss": (
        ConnectError,
        "login.example and your ssh have no host key type in common",
    ),
    "Connection closed by 192.0.2.1 port 22": (
        ClosedBeforeLogin,
        "login.example closed the connection during the login",
    ),
    "Received disconnect from 192.0.2.1 port 22:2: Too many authentication failures\nDisconnected from 192.0.2.1": (
        AuthError,
        "ada@hpc: the login node accepts no more keys",
    ),
    DENIED.format("publickey"): (AuthError, "ada@hpc requires a key, and there is none"),
    DENIED.format("hostbased"): (AuthError, "ada@hpc did not accept the login (hostbased)"),
    DENIED.format("publickey,gssapi-with-mic"): (
        AuthError,
        "ada@hpc accepts a Kerberos ticket, and there is none",
    ),
    "No ED25519 host key is known for login.example and you have requested strict checking.\n"
    "Host key verification failed.": (
        HostKeyError,
        "The host key of login.example is not known, and StrictHostKeyChecking does not allow to ask",
    ),
    "Host key ED25519 SHA256:x revoked by file /r\nHost key verification failed.": (
        HostKeyError,
        "The host key of login.example is revoked: this may not be the real login.example",
    ),
    "something new\nHost key verification failed.": (
        HostKeyError,
        "ssh did not accept the host key of login.example",
    ),
    "command-line: line 0: Bad configuration option: frob": (
        ConnectError,
        "The login to hpc by OpenSSH failed: command-line: line 0: Bad configuration option: frob",
    ),
    "": (ConnectError, "The login to hpc by OpenSSH failed: ssh ended with 255"),
}


@pytest.mark.parametrize("stderr", CASES)
def test_each_end_is_explained(stderr: str) -> None:
    error = master_error(FailedLogin(DIRECT, stderr, 255))
    assert (type(error), error.title) == CASES[stderr]
    assert stderr in error.detail
    assert error.hint


def test_a_network_that_is_away_is_told_as_one() -> None:
    stderr = "ssh: connect to host login.example port 22: Network is unreachable"
    assert master_error(FailedLogin(DIRECT, stderr, 255)).layer is Layer.NETWORK


def test_wrong_answers_are_no_missing_ticket_and_no_missing_key() -> None:
    failed = FailedLogin(DIRECT, DENIED.format("publickey,gssapi-with-mic,password"), 255, asked=True)
    assert master_error(failed).title == "ada@hpc: the answers were not accepted"


@pytest.mark.parametrize(
    ("ticket", "said"),
    [
        (Ticket.EXPIRED, "ada@hpc accepts a Kerberos ticket, and yours has expired"),
        (Ticket.VALID, "ada@hpc did not accept the Kerberos ticket"),
    ],
)
def test_a_ticket_is_told_by_its_state(ticket: Ticket, said: str) -> None:
    failed = FailedLogin(DIRECT, DENIED.format("gssapi-with-mic"), 255, ticket=ticket)
    assert master_error(failed).title == said


def test_keys_that_were_offered_or_could_not_be_are_named() -> None:
    unusable = (UnusableKey("id_mine can be read by others", "Run: chmod 600 id_mine"),)
    failed = FailedLogin(DIRECT, DENIED.format("publickey"), 255, offered=("id_a",), unusable=unusable)
    error = master_error(failed)
    assert error.title == "ada@hpc did not accept a key, and id_mine can be read by others"
    assert error.detail.splitlines()[-3:] == ["Tried:", "id_a", "id_mine can be read by others"]


def test_the_error_of_a_jump_host_is_not_that_of_the_login_node() -> None:
    failed = FailedLogin(JUMPED, f"ada@gate: Permission denied (publickey).\n{ENDED}", 255)
    error = master_error(failed)
    assert isinstance(error, AuthError)
    assert error.title == "The connection to the login node failed: ada@gate: Permission denied (publickey)."
