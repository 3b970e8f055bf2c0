"""Tables of settings into frozen data; a mistake names file, line and the nearest right word."""

import math
import re
import tomllib
from collections.abc import Callable, Container, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import Struct

from jupystra_tui.errors import ConfigError
from jupystra_tui.model import Cluster, JobRequest
from jupystra_tui.model.cluster import AUTOMATIC, OPENSSH, PARAMIKO
from jupystra_tui.model.ports import LAST_PORT
from jupystra_tui.model.target import read_target
from jupystra_tui.options import OPTIONS, Option
from jupystra_tui.schedulers.registry import REGISTRY
from jupystra_tui.text import nearest

Place = tuple[str, ...]
"""The names of the tables that contain a setting, from the outermost."""

_SECRET = re.compile(
    r"pass(word|wd|phrase|code)?|pw|pwd|token|secret|pin|otp|totp|api_?key|private_?key", re.IGNORECASE
)
_KINDS = {
    "str": "a text", "int": "a whole number", "float": "a number", "bool": "true or false", "array": "a list",
    "object": "a table", "null": "nothing",
}  # fmt: skip
_NO_SECRETS = "Take it out: passwords are asked for; keychain = true can keep one in this laptop's keychain."
_FIX = "Fix the file; the README lists every setting."
_HEADER = re.compile(r"\s*(\[[^\[\]]+\])\s*(?:#.*)?")
T = TypeVar("T", bound=Struct)


class Rules(NamedTuple):
    """How the values of one kind of table are read: a reader by key, and the words that a key may have."""

    readers: Mapping[str, Callable[[Any], Any]]
    words: Mapping[str, tuple[str, ...]]


def launch_rules(options: tuple[Option, ...], keys: Container[str]) -> Rules:
    """Return how launch options are read, with the words of those in `keys`."""
    readers = {option.name: option.from_file for option in options}
    words = {
        option.name: (*(choice.value for choice in option.choices()), *option.former)
        for option in options
        if option.choices and option.name in keys
    }
    return Rules(readers, words)


def read_tables(path: Path) -> "Tables | None":
    """Return the tables of a TOML file, None where there is none; raises ConfigError, naming the file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}", "Fix the file or move it away.") from error
    try:
        return Tables(str(path), text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}", "Fix that line.") from error


class Tables:
    """One file's tables, `top` the outermost; what is read of them is checked, and a mistake raises ConfigError."""

    def __init__(
        self, path: str, text: str, top: dict[str, Any], options: tuple[Option, ...] = OPTIONS
    ) -> None:
        self.top = top
        self._options = options
        self._path = path
        self._lines = text.splitlines()

    def cluster(self, table: dict[str, Any], place: Place, base: Cluster) -> Cluster:
        """Return `base` with what the table sets, its `defaults` one by one."""
        given = {key: value for key, value in table.items() if key != "defaults"}
        wanted = self.table("defaults", table.get("defaults", {}), place)
        defaults = self._defaults(wanted, (*place, "defaults"), base.defaults)
        known = [name for name in Cluster.__struct_fields__ if name != "name"]
        plain = msgspec.structs.replace(base, defaults=JobRequest())
        return msgspec.structs.replace(self.struct(Cluster, given, place, plain, known), defaults=defaults)

    def _defaults(self, table: dict[str, Any], place: Place, base: JobRequest) -> JobRequest:
        """Return `base` with the launch options that the table sets."""
        return self.struct(type(base), table, place, base, rules=launch_rules(self._options, table))

    def struct(
        self,
        kind: type[T],
        table: dict[str, Any],
        place: Place,
        base: T,
        known: "list[str] | None" = None,
        rules: "Rules | None" = None,
    ) -> T:
        """Return `base` with the table's values in place of its own; only keys in `known` may be set."""
        names = list(kind.__struct_fields__) if known is None else known
        values = {
            key: self._value(key, value, names, place, rules or CLUSTER_RULES) for key, value in table.items()
        }
        whole = {name: getattr(base, name) for name in kind.__struct_fields__}
        try:
            return msgspec.convert({**whole, **values}, kind)
        except msgspec.ValidationError as error:
            field = re.search(r"`\$\.(\w+)", str(error))
            raise self.error(field[1] if field else "", place, _in_words(str(error))) from error

    def table(self, key: str, value: Any, place: Place) -> dict[str, Any]:
        """Return `value` if it is a table."""
        if not isinstance(value, dict):
            raise self.error(key, place, f"{key} is a table of settings, not {value!r}")
        return value

    def error(self, key: str, place: Place, what: str, hint: str = "") -> ConfigError:
        """Return the error of a setting, with its line."""
        line = line_of(self._lines, place, key)
        where = f"{self._path}:{line}" if line else self._path
        return ConfigError(f"{where}: {what}", hint or _FIX)

    def _value(self, key: str, value: Any, known: list[str], place: Place, rules: "Rules") -> Any:
        if key not in known:
            raise self._unknown(key, known, place)
        words = rules.words.get(key, ())
        if words and value not in words:
            names = ", ".join(word or '""' for word in words)
            near = nearest(str(value), words)
            raise self.error(
                key, place, f"{value!r} is not a {key.replace('_', ' ')}", near or f"It is one of {names}."
            )
        try:
            return rules.readers[key](value) if key in rules.readers else value
        except ValueError as error:
            raise self.error(key, place, str(error)) from error

    def _unknown(self, key: str, known: list[str], place: Place) -> ConfigError:
        if _SECRET.fullmatch(key.rpartition("_")[2]) or _SECRET.fullmatch(key):
            return self.error(
                key, place, f"this file must not hold a secret, and {key!r} is one", _NO_SECRETS
            )
        return self.error(key, place, f"unknown setting {key!r}", nearest(key, known))


def _in_words(fault: str) -> str:
    """Return what msgspec found in the words of people who write such files."""
    match = re.match(r"Expected `([\w| ]+)`, got `(\w+)`(?: - at `\$\.([\w.]+))?", fault)
    if not match:
        return fault
    wanted = " or ".join(_KINDS.get(kind, kind) for kind in match[1].split(" | "))
    return f"{match[3] or 'this'} is {wanted}, not {_KINDS.get(match[2], match[2])}"


def line_of(lines: list[str], place: Place, key: str) -> int:
    """Return the number of the line where a key of the table at `place` is set, 0 where it cannot be found."""
    at_start = re.compile(rf"\s*(?:[\w.\"'-]+\.\s*)?[\"']?{re.escape(key)}[\"']?\s*[.=]")
    inside = re.compile(rf"[{{,]\s*[\"']?{re.escape(key)}[\"']?\s*=")
    found: list[tuple[int, int, int]] = []
    header: Place = ()
    for number, line in enumerate(lines, 1):
        opened = _HEADER.fullmatch(line)
        if opened:
            header = _names(opened[1])
        elif header == place[: len(header)] and key:
            if at_start.match(line):
                found.append((-len(header), 0, number))
            elif inside.search(line):
                found.append((-len(header), 1, number))
        if opened and key and header[: len(place) + 1] == (*place, key):
            found.append((-len(header), 0, number))
    return min(found)[2] if found else 0


def _names(header: str) -> Place:
    """Return the names of a `[table.header]`."""
    names: list[str] = []
    try:
        table = tomllib.loads(header)
    except tomllib.TOMLDecodeError:  # a line of a long text that looks like one
        return ()
    while table:
        name, table = next(iter(table.items()))
        names.append(name)
    return tuple(names)


def _host(value: Any) -> Any:
    if isinstance(value, str) and value:
        target = read_target(value)
        if target.user or target.port:
            raise ValueError(f"{value!r} is more than a host; `user` and `port` are separate settings")
    return value


def _user(value: Any) -> Any:
    if isinstance(value, str) and value and read_target(f"{value}@host").user != value:
        raise ValueError(f"{value!r} is not a user name")
    return value


def _seconds(value: Any) -> Any:
    if isinstance(value, int | float) and not (0 < value < math.inf):
        raise ValueError(f"{value!r} is not a time; write seconds, more than 0")
    return value


def _port(value: Any) -> Any:
    if isinstance(value, int) and not 0 <= value <= LAST_PORT:
        raise ValueError(f"{value} is not a port; write 0 to 65535")
    return value


def _path(value: Any) -> Any:
    return str(Path(value).expanduser()) if isinstance(value, str) and value else value


CLUSTER_RULES = Rules(
    readers={
        "host": _host,
        "port": _port,
        "user": _user,
        "poll": _seconds,
        "poll_floor": _seconds,
        "startup_seconds": _seconds,
        "ssh_config": _path,
    },
    words={
        "scheduler": ("auto", *REGISTRY),
        "memory_unit": ("", "KB", "MB", "GB"),
        "route": ("node", "relay"),
        "transport": (AUTOMATIC, PARAMIKO, OPENSSH),
    },
)
