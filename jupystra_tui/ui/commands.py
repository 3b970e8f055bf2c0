"""All commands and their keys, declared once: key bindings, key line, palette, help and the README's table use them."""

from typing import Literal, NamedTuple

from textual.binding import Binding, BindingType

Where = Literal[
    "jobs",
    "filter",
    "tunnels",
    "cluster",
    "launch form",
    "launch progress",
    "login",
    "log",
    "details",
    "dialogs",
    "everywhere",
]


class Command(NamedTuple):
    """One command of one part of the dashboard.

    id: its name in the configuration's `[keys]`; one id has one key everywhere. label: text in the key line.
    help: one sentence. shown: whether the key line lists it; help and palette always do. action: Textual action, the
    id where empty.
    """

    id: str
    key: str
    label: str
    help: str
    where: Where
    shown: bool = True
    action: str = ""


COMMANDS = (
    # jobs
    Command("new", "n", "New", "Start a Jupyter server as a job", "jobs"),
    Command("connect", "enter", "Connect", "Connect to the job's Jupyter server, or log in again", "jobs"),
    Command("browser", "o", "Browser", "Open the server in the browser (connects first)", "jobs"),
    Command("progress", "p", "Progress", "Show the progress of the job's launch", "jobs"),
    Command("log", "l", "Log", "Show the end of the job's log", "jobs"),
    Command("kill", "k", "Kill", "Kill the job (asks first)", "jobs"),
    Command("copy", "y", "Copy URL", "Copy URL (includes the token)", "jobs"),
    Command("script", "s", "Script", "Write a script that connects from any computer", "jobs", False),
    Command("filter", "slash", "Filter", "Filter jobs: words, state:pending, gpu:>0, left:<1h, -word", "jobs"),
    Command("refresh", "r", "Refresh", "Refresh the queue", "jobs"),
    Command("login", "i", "Log in", "Log in to a cluster", "jobs"),
    Command("details", "space", "Details", "Show the job's details (in a narrow window)", "jobs"),
    # filter
    Command("complete", "tab", "Complete", "Complete the last term", "filter", action="cursor_right"),
    Command("apply", "enter", "Apply", "Return to the table and keep the filter", "filter", action="submit"),
    Command("back", "escape", "Show all", "Remove the filter", "filter", action="app.back"),
    # tunnels
    Command("browser", "o", "Browser", "Open the server in the browser", "tunnels"),
    Command("reconnect", "r", "Reconnect", "Reopen the tunnel on the same local port", "tunnels"),
    Command("close", "x", "Close", "Close the tunnel; the job continues", "tunnels"),
    Command("copy", "y", "Copy URL", "Copy URL (includes the token)", "tunnels"),
    Command("script", "s", "Script", "Write a script that connects from any computer", "tunnels", False),
    # cluster
    Command("login", "i", "Log in", "Log in to this or another cluster", "cluster"),
    Command("logout", "x", "Log out", "Log out and close the tunnels (asks first); jobs continue", "cluster"),
    Command("refresh", "r", "Refresh", "Refresh the queue", "cluster"),
    Command("nodekey", "a", "Node key", "Set up or remove a key for the compute nodes", "cluster"),
    # launch form
    Command("start", "ctrl+s", "Start", "Submit the job and show the progress of its launch", "launch form"),
    Command("preview", "ctrl+t", "Script", "Show the batch script, or the form again", "launch form"),
    Command("more", "ctrl+o", "More", "Show or hide the options that are rarely changed", "launch form"),
    Command("back", "escape", "Back", "Close the form", "launch form"),
    # launch progress
    Command("browser", "o", "Browser", "Open the server in the browser", "launch progress"),
    Command("change", "e", "Change", "Return to the form to change the request", "launch progress"),
    Command("log", "l", "Log", "Show the end of the job's log", "launch progress"),
    Command("kill", "k", "Kill", "Kill the job (asks first)", "launch progress"),
    Command("preview", "ctrl+t", "Script", "Show the batch script, or the progress again", "launch progress"),
    Command("back", "escape", "Back", "Close this screen; the launch continues", "launch progress"),
    # login
    Command("choose", "enter", "Log in", "Log in to the selected cluster", "login", action="screen.choose"),
    Command("more", "ctrl+o", "Details", "Show the details of the failure", "login"),
    Command("back", "escape", "Stop", "Stop logging in", "login"),
    # log
    Command("back", "escape", "Back", "Close the log", "log", action="app.back"),
    # details
    Command("dismiss", "escape,enter,space,q,question_mark", "Close", "Close the details or the help", "details"),
    # dialogs
    Command("no", "n", "No", "Answer no: keep the job, stay logged in, do not trust a host key", "dialogs", False),
    Command("yes", "y", "Yes", "Answer yes: kill the job, log out", "dialogs", False),
    Command("once", "o", "Once", "Select: accept the host key this time only", "dialogs", False),
    Command("trust", "t", "Trust", "Select: accept the host key and remember it", "dialogs", False),
    Command("answer", "enter", "Answer", "Send the answer to a prompt", "dialogs", False),
    Command("cancel", "escape", "Cancel", "Close the dialog; nothing is sent or changed", "dialogs", False, "back"),
    Command("ok", "enter", "Close", "Close an error message", "dialogs", False),
    Command("trace", "d", "Details", "Show the details of an error", "dialogs", False),
    Command("keepopen", "k", "Keep", "Quit and keep the tunnels open", "dialogs", False),
    Command("closeall", "c", "Close all", "Quit and close all tunnels", "dialogs", False),
    Command("leave", "q", "Leave", "Quit and stop the practice cluster", "dialogs", False),
    Command("wait", "w", "Wait", "Keep waiting for a node", "dialogs", False),
    Command("unfollow", "l", "Leave", "Leave a pending job in the queue", "dialogs", False),
    Command("killpending", "k", "Kill", "Kill a job that is still pending", "dialogs", False),
    Command("makekey", "m", "Make", "Create the key for the compute nodes", "dialogs", False),
    Command("removekey", "r", "Remove", "Remove the key for the compute nodes", "dialogs", False),
    Command("restart", "r", "Restart", "Restart a worker of another version", "dialogs", False),
    # everywhere
    Command("jobs", "1", "Jobs", "Show your jobs", "everywhere", False, "show('jobs')"),
    Command("tunnels", "2", "Tunnels", "Show the tunnels to your servers", "everywhere", False, "show('tunnels')"),
    Command("cluster", "3", "Cluster", "Show the session and the queues", "everywhere", False, "show('cluster')"),
    Command("back", "escape", "Back", "Close the screen, or stop waiting", "everywhere", False),
    Command("palette", "ctrl+p", "Palette", "Search for a command and run it", "everywhere", True, "command_palette"),
    Command("help", "question_mark", "Help", "Show all keys", "everywhere"),
    Command("quit", "q", "Quit", "Quit; jobs continue, tunnels can stay open", "everywhere"),
)  # fmt: skip


def bindings(where: Where, *only: str) -> list[BindingType]:
    """Return the key bindings of one part of the dashboard, or `only` those of some ids."""
    own = (command for command in COMMANDS if command.where == where)
    return [_binding(command) for command in own if not only or command.id in only]


def _binding(command: Command) -> Binding:
    return Binding(
        command.key,
        command.action or command.id,
        command.label,
        show=command.shown,
        tooltip=command.help,
        id=command.id,
    )


def quiet(key: str, action: str) -> Binding:
    """Return a binding that moves or activates the focus; it is in no list of keys."""
    return Binding(key, action, show=False)


def markdown() -> str:
    """Return the table of keys for the README."""
    rows = [
        f"| {', '.join(f'`{key}`' for key in command.key.split(','))} | `{command.id}` | {command.where} "
        f"| {command.help} |"
        for command in COMMANDS
    ]
    return "\n".join(("| key | id | where | what it does |", "| --- | --- | --- | --- |", *rows))
