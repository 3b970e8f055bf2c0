"""How the user of the command line does what a problem suggests."""

import shlex

from jupystra_tui.frontend.next_steps import Subject
from jupystra_tui.model import Action

COMMANDS = {
    Action.CONNECT: "jupystra connect {job}",
    Action.RECONNECT: "jupystra connect {job}",
    Action.LOG_IN: "jupystra list --cluster {cluster}",
    Action.LOG_OUT: "jupystra worker stop",
    Action.REFRESH: "jupystra list --cluster {cluster}",
    Action.READ_LOG: "jupystra log {job}",
}
"""The command line that does it; for the other actions the same command is run again."""
DASHBOARD = "use the cluster screen of jupystra-tui"


def command_how(action: Action, subject: Subject) -> str:
    """Return how to do an action on the command line."""
    if action is Action.SET_UP_NODE_KEY:
        return DASHBOARD
    template = COMMANDS.get(action, "")
    if not template or ("{job}" in template and not subject.job):
        return ""
    command = template.format(cluster=shlex.quote(subject.cluster), job=shlex.quote(subject.job))
    return f"run `{command}`"
