"""Which command lines do what a problem suggests."""

import shlex

from jupystra_tui.frontend.next_steps import Subject
from jupystra_tui.model import Action

INSTRUCTIONS = {
    Action.CONNECT: "run `jupystra connect {job}`",
    Action.RECONNECT: "run `jupystra connect {job}`",
    Action.LOG_IN: "run `jupystra list --cluster {cluster}`",
    Action.LOG_OUT: "run `jupystra worker stop`",
    Action.EDIT_REQUEST: "run `jupystra start` with other options",
    Action.REFRESH: "run `jupystra list --cluster {cluster}`",
    Action.RETRY: "run the same command again",
    Action.READ_LOG: "run `jupystra log {job}`",
    Action.SET_UP_NODE_KEY: "use the cluster screen of jupystra-tui",
}
"""What to do for each action."""


def command_how(action: Action, subject: Subject) -> str:
    """Return how to do an action on the command line; empty if the problem lacks the job that it needs."""
    instruction = INSTRUCTIONS[action]
    if "{job}" in instruction and not subject.job:
        return ""
    return instruction.format(cluster=shlex.quote(subject.cluster), job=shlex.quote(subject.job))
