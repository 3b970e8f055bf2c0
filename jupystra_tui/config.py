"""The configuration: clusters with their defaults, keys and looks, in one TOML file.

theme = "jupystra-dark"

[keys]
kill = "K"

[clusters.o2]
host = "o2.hms.harvard.edu"
user = "abc123"

[clusters.o2.defaults]
queue = "short"
walltime = "12:00:00"
memory = "8G"
"""

import difflib
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from jupystra_tui.errors import ConfigError
from jupystra_tui.model import Cluster, JobRequest
from jupystra_tui.model.units import parse_duration, parse_memory


class Config(Struct, frozen=True):
    """What the file says; `keys` maps the ids of bindings to keys, `ssh_config` is OpenSSH's -F for every cluster."""

    clusters: tuple[Cluster, ...] = ()
    keys: dict[str, str] = {}
    theme: str = "jupystra-dark"
    ssh_config: str = ""

    def cluster(self, name: str) -> Cluster | None:
        """Return the cluster of that name."""
        return next((cluster for cluster in self.clusters if cluster.name == name), None)


def load(path: Path) -> Config:
    """Return what `path` says, the defaults where there is no file; raises ConfigError, naming file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}", "Mend the file or move it away.") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}", "Mend that line.") from error
    return _Reader(path, text).config(table)


SCHEDULERS = ("auto", "slurm", "lsf")
T = TypeVar("T", bound=Struct)


class _Reader:
    """Turns tables into frozen data, and a mistake into an error that names the file and the line."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()

    def config(self, table: dict[str, Any]) -> Config:
        clusters = self._table("clusters", table.pop("clusters", {}))
        base = self._struct(Config, table, {})
        return msgspec.structs.replace(
            base,
            clusters=tuple(self._cluster(name, entry, base.ssh_config) for name, entry in clusters.items()),
        )

    def _cluster(self, name: str, table: dict[str, Any], ssh_config: str) -> Cluster:
        defaults = self._table("defaults", self._table(name, table).pop("defaults", {}))
        fixed = {"name": name, "defaults": self._struct(JobRequest, defaults, {})}
        return self._struct(Cluster, {"host": name, "ssh_config": ssh_config, **table}, fixed)

    def _struct(self, kind: type[T], table: dict[str, Any], fixed: dict[str, Any]) -> T:
        known = [name for name in kind.__struct_fields__ if name not in fixed]
        values = {key: self._value(key, value, known) for key, value in table.items()}
        try:
            return msgspec.convert({**values, **fixed}, kind)
        except msgspec.ValidationError as error:
            field = re.search(r"`\$\.(\w+)", str(error))
            raise self._error(field[1] if field else "", str(error)) from error

    def _table(self, key: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._error(key, f"{key} is a table of settings, not {value!r}")
        return value

    def _value(self, key: str, value: Any, known: list[str]) -> Any:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            raise self._error(key, f"unknown setting {key!r}", f"Did you mean {near[0]!r}?" if near else "")
        parse: Callable[[str], int] | None = {"walltime": parse_duration, "memory": parse_memory}.get(key)
        if key == "ssh_config" and isinstance(value, str):
            return str(Path(value).expanduser())
        if key == "scheduler" and value not in SCHEDULERS:
            raise self._error(key, f"{value!r} is no scheduler", f"It is one of {', '.join(SCHEDULERS)}.")
        if parse is None or not isinstance(value, str):
            return value
        try:
            return parse(value)
        except ValueError as error:
            raise self._error(key, str(error)) from error

    def _error(self, key: str, what: str, hint: str = "") -> ConfigError:
        pattern = re.compile(rf"\s*[\"']?{re.escape(key)}\b")
        line = next((number for number, line in enumerate(self._lines, 1) if key and pattern.match(line)), 0)
        where = f"{self._path}:{line}" if line else str(self._path)
        return ConfigError(f"{where}: {what}", hint or "Mend the file; the README lists every setting.")
