"""URLs lead only to our port on 127.0.0.1, whatever a cluster sends."""

import random
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from jupystra_tui.errors import TunnelError
from jupystra_tui.frontend.browser import open_page
from jupystra_tui.model.address import base_path, checked_url, page_url, plain_url
from jupystra_tui.text import Secret

from .hostile import PATHS, REFUSED_PATHS

TOKENS = (
    "s3cret",
    "a/b c",
    "&x=1#y",
    "@evil.example",
    "?",
    "%2f",
    "é",
    "\n",
    "\x1b[2J",
    "'\"<>\\",
    "x" * 1024,
)


@pytest.mark.parametrize("path", REFUSED_PATHS)
def test_a_base_path_that_could_lead_elsewhere_is_refused(path: str) -> None:
    assert base_path(path) == ""
    with pytest.raises(TunnelError, match="base path"):
        page_url(8888, Secret("s3cret"), base_path(path))
    with pytest.raises(TunnelError, match="base path"):
        page_url(8888, Secret("s3cret"), path)


@pytest.mark.parametrize(("path", "normal"), PATHS.items())
def test_missing_slashes_are_added_to_a_base_path(path: str, normal: str) -> None:
    assert base_path(path) == normal
    assert page_url(8888, Secret("t"), normal).reveal() == f"http://127.0.0.1:8888{normal}?token=t"


@pytest.mark.parametrize("token", TOKENS)
def test_a_token_is_quoted_in_the_query(token: str) -> None:
    address = page_url(8888, Secret(token), "/x/").reveal()
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == ("http", "127.0.0.1:8888", "/x/", "")
    assert parse_qs(parts.query) == {"token": [token]}
    assert address.isascii()
    assert not set(" \"'<>\\&#/@") & set(parts.query)


def test_without_a_token_there_is_no_query() -> None:
    assert page_url(8888, Secret("")).reveal() == "http://127.0.0.1:8888/"


@pytest.mark.parametrize("port", [0, -1, 65536, 99999])
def test_an_invalid_port_is_refused(port: int) -> None:
    with pytest.raises(TunnelError):
        page_url(port, Secret("s3cret"))


@pytest.mark.parametrize(
    "url",
    [
        "", "http://127.0.0.1", "http://127.0.0.1/", "http://127.0.0.1:/", "http://127.0.0.1:0/", "http://127.0.0.1:x/",
        "http://127.0.0.1:88888/", "http://127.0.0.1:08888/", "http://127.0.0.1:8888", "https://127.0.0.1:8888/",
        "file:///etc/passwd", "javascript:alert(1)", "http://localhost:8888/", "http://127.0.0.2:8888/",
        "http://127.1:8888/", "http://0.0.0.0:8888/", "http://[::1]:8888/", "http://127.0.0.1.evil.example:8888/",
        "http://127.0.0.1:8888.evil.example/", "http://127.0.0.1:8888@evil.example/", "http://evil@127.0.0.1:8888/",
        "http://127.0.0.1:8888\\@evil.example/", "http://evil.example\\@127.0.0.1:8888/", "//127.0.0.1:8888/",
        "http:127.0.0.1:8888/", "HTTP://127.0.0.1:8888/", " http://127.0.0.1:8888/", "http://127.0.0.1:8888/ ",
        "http://127.0.0.1:8888//evil/", "http://127.0.0.1:8888/../x", "http://127.0.0.1:8888/\n", "http://127.0.0.1:8888/#x",
        "http://127.0.0.1:8888/?x=1&y=2", "http://127.0.0.1:8888/?1=x", "http://127.0.0.1:8888/?=x",
        "http://127.0.0.1:8888/?token=a&x=1", "http://127.0.0.1:8888/?token=a b",
        'http://127.0.0.1:8888/?token="', "http://127.0.0.1:8888/?", "http://127.0.0.1:٨٨٨٨/",
    ],
)  # fmt: skip
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(TunnelError, match="does not lead to this computer"):
        checked_url(Secret(url))


@pytest.mark.parametrize("path", [*REFUSED_PATHS, *PATHS])
def test_a_displayed_url_leads_to_this_computer(path: str) -> None:
    checked_url(Secret(plain_url(8888, path)), 8888)


@pytest.mark.parametrize("path", REFUSED_PATHS)
async def test_the_browser_opens_no_other_url(
    path: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened = tmp_path / "opened"
    monkeypatch.setenv("BROWSER", f"sh -c 'echo >>{opened}' -- %s")
    with pytest.raises(TunnelError, match="does not lead to this computer"):
        await open_page(Secret(f"http://127.0.0.1:8888{path}?token=s3cret"))
    assert not opened.exists()


def test_only_our_port_is_accepted() -> None:
    url = Secret("http://127.0.0.1:8888/lab?token=s3cret")
    assert checked_url(url) is checked_url(url, 8888) is url
    with pytest.raises(TunnelError):
        checked_url(url, 8889)


def test_random_paths_and_tokens_lead_to_this_computer() -> None:
    chance = random.Random(3)
    pieces = [*REFUSED_PATHS[:-1], *PATHS, *TOKENS, *"/@:.%?#\\8"]
    for _ in range(5000):
        path = "".join(chance.choice(pieces) for _ in range(chance.randrange(5)))
        token = "".join(chance.choice(pieces) for _ in range(chance.randrange(3)))
        try:
            address = page_url(8888, Secret(token), base_path(path)).reveal()
        except TunnelError:
            continue
        assert address.startswith("http://127.0.0.1:8888/")
        parts = urlsplit(address)
        assert (parts.hostname, parts.port, parts.username, parts.fragment) == ("127.0.0.1", 8888, None, "")
        assert "//" not in parts.path
        assert parse_qs(parts.query).get("token", [""]) == [token]
