"""How the dashboard's user does what a problem suggests."""

from collections.abc import Callable

from jupystra_tui.frontend.next_steps import How, Subject
from jupystra_tui.model import Action

COMMANDS = {
    Action.CONNECT: "connect",
    Action.RECONNECT: "reconnect",
    Action.LOG_IN: "login",
    Action.LOG_OUT: "logout",
    Action.REFRESH: "refresh",
    Action.READ_LOG: "log",
    Action.SET_UP_NODE_KEY: "nodekey",
}
"""The command that does it; the other actions are choices of the dialog in which the problem is shown."""
ON_CLUSTER_SCREEN = {Action.LOG_OUT, Action.SET_UP_NODE_KEY}


def dashboard_how(keys: Callable[[str], str]) -> How:
    """Return how to do an action here; `keys` returns the key of a command."""

    def how(action: Action, subject: Subject) -> str:
        if action not in COMMANDS:
            return ""
        before = f"{keys('cluster')}, then " if action in ON_CLUSTER_SCREEN else ""
        return f"press {before}{keys(COMMANDS[action])}"

    return how
