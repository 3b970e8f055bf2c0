"""Which keys of the dashboard do what a problem suggests."""

from collections.abc import Callable

from jupystra_tui.frontend.next_steps import How, Subject
from jupystra_tui.model import Action

INSTRUCTIONS = {
    Action.CONNECT: "press {connect}",
    Action.RECONNECT: "press {reconnect}",
    Action.LOG_IN: "press {login}",
    Action.LOG_OUT: "press {cluster}, then {logout}",
    Action.EDIT_REQUEST: "press {change} on the progress screen of the launch",
    Action.REFRESH: "press {refresh}",
    Action.RETRY: "press the same key again",
    Action.READ_LOG: "press {log}",
    Action.SET_UP_NODE_KEY: "press {cluster}, then {nodekey}",
}
"""What to press for each action; ids of commands are replaced by their keys."""


class _Keys(dict[str, str]):
    """Looks up the key of a command by its id."""

    def __init__(self, keys: Callable[[str], str]) -> None:
        super().__init__()
        self._keys = keys

    def __missing__(self, command: str) -> str:
        return self._keys(command)


def dashboard_how(keys: Callable[[str], str]) -> How:
    """Return how to do an action here; `keys` returns the key of a command."""
    known = _Keys(keys)

    def how(action: Action, subject: Subject) -> str:
        return INSTRUCTIONS[action].format_map(known)

    return how
