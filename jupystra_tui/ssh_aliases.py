"""The host aliases of an ssh configuration, its Includes too, and the environment variables that it uses."""

import glob
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

_EQUALS = re.compile(r"^(\s*\w+)\s*=\s*")
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)")
DEPTH = 16  # as OpenSSH
SYSTEM = ("/etc/ssh/ssh_config", "/etc/ssh/ssh_config.d/*.conf")


def aliases(ssh_config: str = "") -> tuple[str, ...]:
    """Return the aliases in `ssh_config` (the person's own by default) in the order of the file, patterns left out."""
    found: dict[str, None] = {}
    for line in _lines(_top(ssh_config), set(), 0):
        keyword, *values = _words(line)
        if keyword == "host":
            found.update((value, None) for value in values if _is_alias(value))
    return tuple(found)


def variables(ssh_config: str = "") -> frozenset[str]:
    """Return the names of the environment variables that a configuration or its commands use.

    Without `ssh_config` it is the person's own and the system's, as for ssh.
    """
    system = [] if ssh_config else [file for pattern in SYSTEM for file in glob.glob(pattern)]
    files = [_top(ssh_config), *map(Path, system)]
    read: set[Path] = set()
    return frozenset(
        name for file in files for line in _lines(file, read, 0) for name in _VARIABLE.findall(line)
    )


def _top(ssh_config: str) -> Path:
    return Path(os.devnull if ssh_config == "none" else ssh_config or "~/.ssh/config").expanduser()


def _lines(file: Path, read: set[Path], depth: int) -> Iterator[str]:
    """Yield the lines of a file and of what it includes; a file that was read has nothing new."""
    if file in read:
        return
    read.add(file)
    try:
        text = file.read_text(errors="replace")
    except OSError:
        return
    for line in text.splitlines():
        yield line
        keyword, *values = _words(line)
        if keyword == "include" and depth < DEPTH:
            for value in values:
                pattern = os.path.expanduser(value)
                absolute = pattern if os.path.isabs(pattern) else os.path.expanduser(f"~/.ssh/{pattern}")
                for included in sorted(glob.glob(absolute)):
                    yield from _lines(Path(included), read, depth + 1)


def _words(line: str) -> list[str]:
    line = _EQUALS.sub(r"\1 ", line, count=1)  # `Host=name` is allowed too
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        words = line.split()
    return [words[0].lower(), *words[1:]] if words else [""]


def _is_alias(value: str) -> bool:
    return not set(value) & set("*?!") and not value.startswith("-") and value.isprintable()
