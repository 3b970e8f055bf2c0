"""The address of a server's page, for the browser."""

from urllib.parse import parse_qs, urlsplit

import pytest

from jupystra_tui.model.address import page_url
from jupystra_tui.text import Secret


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/", "http://127.0.0.1:8888/?token=a%2Fb%20c"),
        ("/user/alice/", "http://127.0.0.1:8888/user/alice/?token=a%2Fb%20c"),
    ],
)
def test_addresses(path: str, url: str) -> None:
    address = page_url(8888, Secret("a/b c"), path)
    assert address.reveal() == url
    assert "a%2Fb" not in repr(address)


@pytest.mark.parametrize("token", ["a&b=c", "a#b", "a?b", "a+b", "a%2Fb", 'a"b', "a@b", "a\\b", "a b", "ä"])
def test_a_token_is_one_value_of_the_address_whatever_it_holds(token: str) -> None:
    parts = urlsplit(page_url(8888, Secret(token), "/user/ada/").reveal())
    assert (parts.netloc, parts.path, parts.fragment) == ("127.0.0.1:8888", "/user/ada/", "")
    assert parse_qs(parts.query, strict_parsing=True) == {"token": [token]}


def test_a_server_without_a_token_has_a_plain_address() -> None:
    assert page_url(8888, Secret("")).reveal() == "http://127.0.0.1:8888/"
