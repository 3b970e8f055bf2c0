"""Which keys a command has: the declared ones, or those of the configuration."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from textual.dom import DOMNode

from jupystra_tui.ui.commands import COMMANDS

_NAMES = {"question_mark": "?", "slash": "/", "escape": "esc"}


def key_name(key: str) -> str:
    """Return a key as it is shown: `?`, `enter`, `^p`."""
    return _NAMES.get(key, key.replace("ctrl+", "^"))


class KeyFinder:
    """Finds the keys of a command by its id; `remapped` is the configuration's `[keys]`."""

    def __init__(self, remapped: Mapping[str, str]) -> None:
        self._keys = {command.id: command.key for command in COMMANDS}
        self._keys |= {command: keys for command, keys in remapped.items() if keys and command in self._keys}

    def __call__(self, command: str) -> str:
        """Return the first key of a command as it is shown."""
        return key_name(self.all(command)[0])

    def all(self, command: str) -> tuple[str, ...]:
        """Return all keys of a command as Textual names them."""
        return tuple(key.strip() for key in self._keys[command].split(","))


def key_finder(remapped: Mapping[str, str]) -> KeyFinder:
    """Return the keys of all commands; `remapped` is the configuration's `[keys]`."""
    return KeyFinder(remapped)


@runtime_checkable
class _HasKeys(Protocol):
    keys: KeyFinder


def keys_of(node: DOMNode) -> KeyFinder:
    """Return the keys that the app of a widget uses."""
    return node.app.keys if isinstance(node.app, _HasKeys) else KeyFinder({})
