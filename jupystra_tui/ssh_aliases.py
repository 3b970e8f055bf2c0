"""The host aliases of an ssh configuration, its Includes too, to offer them on the login screen."""

import glob
import os
import re
import shlex
from pathlib import Path

_EQUALS = re.compile(r"^(\s*\w+)\s*=\s*")
DEPTH = 16  # as OpenSSH


def aliases(ssh_config: str = "") -> tuple[str, ...]:
    """Return the aliases in `ssh_config` (the person's own by default) in the order of the file, patterns left out."""
    if ssh_config == "none":
        return ()
    top = Path(ssh_config).expanduser() if ssh_config else Path("~/.ssh/config").expanduser()
    found: dict[str, None] = {}
    _collect(top, found, set(), 0)
    return tuple(found)


def _collect(file: Path, found: dict[str, None], read: set[Path], depth: int) -> None:
    """Add the aliases of a file and of what it includes; a file that was read has nothing new."""
    if file in read:
        return
    read.add(file)
    try:
        text = file.read_text(errors="replace")
    except OSError:
        return
    for line in text.splitlines():
        keyword, *values = _words(line)
        if keyword == "host":
            found.update((value, None) for value in values if _is_alias(value))
        elif keyword == "include" and depth < DEPTH:
            for value in values:
                pattern = os.path.expanduser(value)
                absolute = pattern if os.path.isabs(pattern) else os.path.expanduser(f"~/.ssh/{pattern}")
                for included in sorted(glob.glob(absolute)):
                    _collect(Path(included), found, read, depth + 1)


def _words(line: str) -> list[str]:
    line = _EQUALS.sub(r"\1 ", line, count=1)  # `Host=name` is allowed too
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        words = line.split()
    return [words[0].lower(), *words[1:]] if words else [""]


def _is_alias(value: str) -> bool:
    return not set(value) & set("*?!") and not value.startswith("-") and value.isprintable()
