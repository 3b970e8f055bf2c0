"""Why a jump host's ssh ended is told in that host's words."""

import pytest

from jupystra_tui.errors import AuthError, ConnectError
from jupystra_tui.ssh.auth_errors import ClosedBeforeLogin
from jupystra_tui.ssh.proxy_errors import proxy_error

NEXT = (
    "\nkex_exchange_identification: Connection closed by remote host\nConnection closed by UNKNOWN port 65535"
)
BANNER = "*****\n* Authorised users only *\n*****\n"
ENDS: dict[str, tuple[str, type[Exception]]] = {
    "kex_exchange_identification: Connection closed by remote host\nConnection closed by 10.0.0.1 port 22": (
        "The jump host closed the connection before the login: Connection closed by remote host",
        ClosedBeforeLogin,
    ),
    "kex_exchange_identification: read: Connection reset by peer\nConnection reset by 10.0.0.1 port 22": (
        "The jump host closed the connection before the login: Connection reset by peer",
        ClosedBeforeLogin,
    ),
    "kex_exchange_identification: banner line contains invalid characters\nbanner exchange: Connection closed": (
        "The jump host closed the connection before the login: banner line contains invalid characters",
        ClosedBeforeLogin,
    ),
    f"{BANNER}Your account has expired.\nConnection closed by 10.0.0.1 port 22": (
        "The jump host closed the connection: Your account has expired.",
        ConnectError,
    ),
    "Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures\n"
    "Disconnected from 10.0.0.1 port 22": (
        "The jump host closed the connection: Too many authentication failures",
        ConnectError,
    ),
    "Connection closed by 10.0.0.1 port 22": ("The connection to the jump host broke", ConnectError),
    "Warning: Permanently added '10.0.0.1' (ED25519) to the list of known hosts.\n"
    "Connection closed by 10.0.0.1 port 22": ("The connection to the jump host broke", ConnectError),
    "ada@gw: Permission denied (publickey).": (
        "The connection to the login node failed: ada@gw: Permission denied (publickey).",
        AuthError,
    ),
}


@pytest.mark.parametrize("chain", ["", NEXT, NEXT * 2], ids=["one host", "two", "three"])
@pytest.mark.parametrize("words", ENDS, ids=lambda words: words[:30])
def test_its_words_are_the_title(words: str, chain: str) -> None:
    title, kind = ENDS[words]
    error = proxy_error(words + chain, 255, answered=False)
    assert error.title == title
    assert type(error) is kind
    assert words in error.detail
    if title != "The connection to the jump host broke":
        assert "restarting, or the network" not in error.hint
