"""A web app as its TOML file describes it."""

import re
import tomllib
from typing import Any

import msgspec
from msgspec import Struct

from jupystra_tui.apps.access import Access
from jupystra_tui.errors import ConfigError
from jupystra_tui.model.address import base_path
from jupystra_tui.text import nearest

PLACEHOLDERS = ("port", "token_file", "folder", "base_path", "job_folder")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLACE = re.compile(r"\{\{([a-z_]+)\}\}|\{([a-z_]+)\}")
_WRITE = 'Fix the file, or remove it. The README\'s section "Your own app" has an example.'


class TokenPlace(Struct, frozen=True, forbid_unknown_fields=True):
    """How the token travels: see `Access`."""

    header: str = ""
    query: str = ""


class App(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A web app that a job can serve on its node's 127.0.0.1.

    `command` is argv, the program first; `fixed_port` are further arguments where a request names the port. Both, and
    the values of `environment`, may hold the PLACEHOLDERS: `{folder}` is the folder that the app starts in,
    `{job_folder}` the job's private one, `{token_file}` a file in it. `unset` are environment variables. `prepend` are
    folders that are put before those in search-path variables, and `files` texts that the job writes into its private
    folder, by name. `search` are folders for the program where neither the set-up nor an interactive shell has it. The
    rest is as for `Access`.
    """

    title: str
    command: tuple[str, ...]
    fixed_port: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    unset: tuple[str, ...] = ()
    prepend: dict[str, str] = {}
    files: dict[str, str] = {}
    search: tuple[str, ...] = ()
    base_path: str = "/"
    ready: str = ""
    page: str = ""
    token: TokenPlace = TokenPlace()
    statistics: str = ""
    runtime: str = ""
    name: str = ""

    @property
    def program(self) -> str:
        """The program that serves."""
        return self.command[0]

    @property
    def access(self) -> Access:
        """How its servers are asked and opened."""
        return Access(
            self.title,
            self.ready,
            self.page,
            self.token.header,
            self.token.query,
            self.statistics,
            self.runtime,
        )


def parts_of(text: str) -> "list[tuple[str, str]]":
    """Return literal texts and placeholders in turn: `--port={port}` is `("--port=", "port")`.

    The last placeholder may be empty. `{{word}}` is the text `{word}`.
    """
    parts: list[tuple[str, str]] = []
    literal, end = "", 0
    for match in _PLACE.finditer(text):
        literal += text[end : match.start()]
        end = match.end()
        if match[1]:
            literal += f"{{{match[1]}}}"
        else:
            parts.append((literal, match[2]))
            literal = ""
    return [*parts, (literal + text[end:], "")]


def read_app(name: str, text: str, path: str) -> App:
    """Return the app that a TOML text describes; raises ConfigError, naming `path` and the nearest right word."""
    if not NAME.fullmatch(name):
        raise ConfigError(f"{path}: {name!r} is not an app's name", "Use small letters, digits, - and _.")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}", "Fix that line.") from error
    _check_keys(path, "", table, [key for key in App.__struct_fields__ if key != "name"])
    _check_keys(path, "token.", table.get("token"), list(TokenPlace.__struct_fields__))
    try:
        app = msgspec.convert({**table, "name": name}, App)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {error}", _WRITE) from error
    _check(path, app)
    return app


def _check_keys(path: str, prefix: str, table: Any, known: list[str]) -> None:
    for key in table if isinstance(table, dict) else ():
        if key not in known:
            hint = nearest(key, known) or f"There are {', '.join(known)}."
            raise ConfigError(f"{path}: unknown setting {prefix + key!r}", hint)


def _check(path: str, app: App) -> None:
    key, why = app.access.problem
    if key:
        prefix = "token." if key in ("header", "query") else ""
        raise ConfigError(f"{path}: {prefix}{key} {why}", _WRITE)
    if not app.command or not app.program or parts_of(app.program) != [(app.program, "")]:
        raise ConfigError(
            f"{path}: command has no program", "Its first word is the program, without a placeholder."
        )
    if base_path(app.base_path) != app.base_path:
        raise ConfigError(f"{path}: base_path is not a path with a slash at both ends", _WRITE)
    texts = (*app.command, *app.fixed_port, *app.environment.values(), *app.prepend.values())
    for text in texts:
        _check_placeholders(path, text)
    if not any(place == "port" for text in texts for _, place in parts_of(text)):
        raise ConfigError(
            f"{path}: nothing tells the app its port", "Write {port} in `command` or `environment`."
        )
    for name in app.files:
        if not _FILE.fullmatch(name):
            raise ConfigError(f"{path}: {name!r} is not a file's name", "Use letters, digits, dots, - and _.")
    for variable in (*app.environment, *app.unset, *app.prepend):
        if not _VARIABLE.fullmatch(variable):
            raise ConfigError(f"{path}: {variable!r} is not an environment variable's name", _WRITE)
    if any("\0" in text for text in (*texts, *app.search, *app.files.values())):
        raise ConfigError(f"{path}: a text holds a NUL character", _WRITE)


def _check_placeholders(path: str, text: str) -> None:
    for _, place in parts_of(text):
        if place and place not in PLACEHOLDERS:
            known = ", ".join(f"{{{word}}}" for word in PLACEHOLDERS)
            near = nearest(place, PLACEHOLDERS) or f"There are {known}."
            raise ConfigError(
                f"{path}: unknown placeholder {{{place}}}", f"{near} Braces that stay are {{{{{place}}}}}."
            )
