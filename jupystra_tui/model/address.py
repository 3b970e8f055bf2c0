"""The address of a server's page: made from its parts, and checked before anything opens, prints or copies it."""

import re
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from jupystra_tui.errors import TunnelError
from jupystra_tui.text import Secret

HOST = "127.0.0.1"
_LONGEST_PATH = 1000
# Not encoded control characters, `.`, `/` or `\`: browsers and proxies decode them differently.
_PATH = re.compile(r"/(?:[A-Za-z0-9._~/-]|%(?![01]|2[EFef]|5[Cc]|7[Ff])[0-9A-Fa-f]{2})*", re.ASCII)
QUERY_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}", re.ASCII)
_QUERY = re.compile(rf"(?:{QUERY_NAME.pattern}=[A-Za-z0-9._~%-]+)?", re.ASCII)
_PORT = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
_REFUSED = "The server's base path cannot be part of an address"
_REFUSED_HINT = "It may hold letters, digits and -._~%/ only; Jupyter's setting is ServerApp.base_url."


def base_path(text: str) -> str:
    """Return a server's base path with a slash at both ends, or an empty string where it is refused.

    Refused are characters other than `A-Za-z0-9._~%/-`, segments that are empty, `.` or `..`, and encodings of a dot, a
    slash, a backslash or a control character.
    """
    path = "/" + text.removeprefix("/")
    path = path if path.endswith("/") else path + "/"
    if path == "/":
        return path
    if len(path) > _LONGEST_PATH or not _PATH.fullmatch(path):
        return ""
    return "" if {"", ".", ".."} & set(path[1:-1].split("/")) else path


def checked_path(path: str) -> str:
    """Return a base path that `base_path` would return unchanged; raises TunnelError for any other."""
    if not path or base_path(path) != path:
        raise TunnelError(_REFUSED, _REFUSED_HINT)
    return path


def page_path(text: str) -> str:
    """Return the path of a page below a base path, without a slash at its start; an empty string where it is refused.

    Refused is what `base_path` refuses.
    """
    return text if not text.startswith("/") and base_path(text) in (f"/{text}", f"/{text}/") else ""


def page_url(port: int, token: Secret, path: str = "/", page: str = "", query: str = "token") -> Secret:
    """Return the address that opens a server's `page`, below its base path, at `port` of this computer.

    Its token, if there is one, is the value of the parameter `query`, where that is not empty. Raises TunnelError for a
    base path that is refused.
    """
    place = checked_path(path) + page_path(page)
    token_part = urlencode({query: token.reveal()}, quote_via=quote, safe="") if token and query else ""
    return checked_url(Secret(urlunsplit(("http", f"{HOST}:{port}", place, token_part, ""))), port)


def plain_url(port: int, path: str = "/") -> str:
    """Return the address of a server without its token, to be shown."""
    return urlunsplit(("http", f"{HOST}:{port}", base_path(path) or "/", "", ""))


def checked_url(url: Secret, port: int = 0) -> Secret:
    """Return an address that leads to 127.0.0.1 and nowhere else, at `port` unless that is 0; raises TunnelError."""
    if not _is_local(url.reveal(), port):
        raise TunnelError(
            "The server's address does not lead to this computer: it is not used", "Please report this bug."
        )
    return url


def _is_local(url: str, port: int) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host, _, number = parts.netloc.partition(":")
    return (
        urlunsplit(parts) == url
        and parts.scheme == "http"
        and host == HOST
        and _PORT.fullmatch(number) is not None
        and int(number) < 65536
        and port in (0, int(number))
        and parts.path.startswith("/")
        and base_path(parts.path) in (parts.path, parts.path + "/")
        and _QUERY.fullmatch(parts.query) is not None
        and not parts.fragment
    )
