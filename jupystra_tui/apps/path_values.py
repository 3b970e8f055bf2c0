"""Asks the cluster for what the paths of a request stand for, and whether a folder is there."""

from collections.abc import Iterable

from msgspec import Struct

from jupystra_tui.apps.login_variables import export_script
from jupystra_tui.apps.quoting import place
from jupystra_tui.model.cluster_path import ClusterPath, read_path

FOLDER = "-d"


class PathValues(Struct, frozen=True):
    """Values by name (`~`, `~user`, or a variable's), without those that are not set; `folder` is whether it is there.

    A folder is not looked for where a value is missing: then it is None. The values are not clean.
    """

    values: dict[str, str]
    folder: bool | None


def values_script(paths: Iterable[ClusterPath], folder: str, mark: str) -> str:
    """Return shell text that prints the values of all names in `paths`, and whether `folder` is there.

    Variables are those of a login shell. Nothing in a path is run.
    """
    names = tuple(dict.fromkeys(name for path in paths for name in path.names))
    variables = [name for name in names if not name.startswith("~")]
    wanted = f"^({'|'.join(variables)})$"
    lines = [f'eval "$({export_script(wanted, mark)})"'] if variables else []
    for name in names:
        value = '"$HOME"' if name == "~" else name if name.startswith("~") else f'"${{{name}}}"'
        test = f'[ "${{{name}+set}}" ] && ' if name in variables else ""
        lines.append(f"{test}printf '\\036%s%s\\037%s' {mark} '{name}' {value}")
    needed = "".join(f'[ "${{{name}:-}}" ] && ' for name in read_path(folder).variables) if folder else ""
    if folder:
        there = f"if [ -d {place(folder)} ]; then echo yes; else echo no; fi"
        lines.append(f"cd && {needed}printf '\\036%s%s\\037%s' {mark} {FOLDER} \"$({there})\"")
    return "(\n" + "\n".join(lines) + "\n)"


def parse_values(out: bytes, mark: str) -> PathValues:
    """Return what `values_script` printed; values that are no text are missing."""
    values: dict[str, str] = {}
    for record in out.split(f"\x1e{mark}".encode())[1:]:
        try:
            name, _, value = record.decode().partition("\x1f")
            values[name] = value
        except UnicodeDecodeError:
            continue
    there = values.pop(FOLDER, None)
    known = {name: value for name, value in values.items() if not (name.startswith("~") and value == name)}
    return PathValues(known, None if there is None else there == "yes")
