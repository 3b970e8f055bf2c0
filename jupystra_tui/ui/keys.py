"""Which key a command has now: the one declared, or the one of the configuration."""

from collections.abc import Callable, Mapping

from jupystra_tui.ui.commands import COMMANDS

_NAMES = {"question_mark": "?", "slash": "/", "escape": "esc"}


def key_name(key: str) -> str:
    """Write a key as it is shown: `?`, `enter`, `^p`."""
    return _NAMES.get(key, key.replace("ctrl+", "^"))


def key_finder(remapped: Mapping[str, str]) -> Callable[[str], str]:
    """Return a function that gives the key shown for a command's id; `remapped` is the configuration's `[keys]`."""
    declared = {command.id: command.key for command in COMMANDS}

    def find(command: str) -> str:
        return key_name((remapped.get(command) or declared[command]).split(",")[0])

    return find
