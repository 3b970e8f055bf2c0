"""Asks a server on loopback how it is."""

import pytest

from jupystra_tui.apps.api import Ask, ServerError, ServerStatus, check
from jupystra_tui.text import Secret

TOKEN = Secret("t0ken")


def status(port: int, token: Secret, timeout: float, path: str = "/") -> ServerStatus:
    found = check(Ask(port, token, timeout, path))
    assert found
    return found


def fault(port: int, token: Secret = TOKEN, timeout: float = 5) -> ServerError:
    with pytest.raises(ServerError) as caught:
        status(port, token, timeout)
    assert str(port) in caught.value.title
    assert caught.value.hint
    assert token.reveal() not in repr(caught.value) + caught.value.detail
    return caught.value
