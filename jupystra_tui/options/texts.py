"""Texts into values of launch options, and values into texts."""

import re
import shlex

from jupystra_tui.apps.app_registry import FORMER_NAMES, registry
from jupystra_tui.model.ports import read_port
from jupystra_tui.model.units import BadText
from jupystra_tui.options.gpus import read_gpus
from jupystra_tui.options.option import OptionChoice

_SECRET_LINE = re.compile(
    r"""\w*(?:passw(?:or)?d|token|secret|api_?key)\w*=(?!["']?[$`]|["']{2}|\s|$)""", re.IGNORECASE
)


def parse_cores(text: str) -> int:
    """Return a number of cores; raises BadText."""
    return _whole_number(text, 1, 999_999, "a number of cores", "1 or more")


def parse_node_port(text: str) -> int:
    """Return a port on the compute node, 0 for any; raises BadText."""
    return _port(text, "0 for any free one")


def parse_local_port(text: str) -> int:
    """Return a port on the laptop, 0 for the next free one; raises BadText."""
    return _port(text, "0 for the next free one")


def parse_relay_port(text: str) -> int:
    """Return a port on the login node, 0 for none; raises BadText."""
    return _port(text, "0 for none")


def parse_polls(text: str) -> int:
    """Return a number of polls; raises BadText."""
    return _whole_number(text, 1, 999_999, "a number of polls", "1 or more")


def parse_gpus(text: str) -> str:
    """Return `number` or `type:number`, empty for none; raises BadText."""
    gpus = read_gpus(text)
    if text and gpus is None:
        raise BadText(text, "a number of GPUs", "1, or type:number as in a100:2")
    return text if gpus and gpus.number else ""


def write_gpus(gpus: str) -> str:
    """Return what `parse_gpus` reads back."""
    return gpus or "0"


def parse_name(text: str) -> str:
    """Return a job name; raises BadText."""
    if not text:
        raise BadText(text, "a job name", "1 or more characters")
    return text


def parse_server(text: str) -> str:
    """Return the name of an app, which may be given by its former name; raises BadText.

    An app whose file is broken is accepted here: the worker reports what is wrong with the file.
    """
    name, names = FORMER_NAMES.get(text, text), registry().names
    if name not in names:
        raise BadText(text, "an app", f"one of {', '.join(names)}")
    return name


def server_choices() -> tuple[OptionChoice, ...]:
    """Return the apps to choose from; a remark says what is wrong with a broken one."""
    known = registry()
    usable = (OptionChoice(name, app.title) for name, app in known.apps.items() if name not in known.broken)
    return (*usable, *(OptionChoice(name, name, error.title) for name, error in known.broken.items()))


def parse_commands(text: str) -> tuple[str, ...]:
    """Return the lines that are not blank."""
    return tuple(line.rstrip() for line in text.splitlines() if line.strip())


def check_commands(value: object) -> None:
    """Raise ValueError where a line sets a secret: files are shared."""
    lines = value if isinstance(value, list | tuple) else []
    if any(isinstance(line, str) and _SECRET_LINE.search(line) for line in lines):
        raise ValueError(
            "this file must not hold a secret; let the set-up read it on the cluster: export KEY=$(cat ~/.key)"
        )


def parse_options(text: str) -> tuple[str, ...]:
    """Return further scheduler options, split as a shell does; raises BadText."""
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise BadText(text, "complete", "a second quotation mark") from error


def _port(text: str, zero: str) -> int:
    port = read_port(text, first=0)
    if port is None:
        raise BadText(text, "a port", f"{zero}, or 1 to 65535")
    return port


def _whole_number(text: str, least: int, most: int, what: str, write: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
        raise BadText(text, what, write)
    return int(text)
