"""Every command, declared once: key line, help, palette and the README's table are made from this."""

from typing import Literal, NamedTuple

from textual.binding import Binding, BindingType

Where = Literal["everywhere", "jobs", "tunnels", "cluster"]


class Command(NamedTuple):
    """`id` names it in the configuration's `[keys]`, `label` is for the key line, `help` says what it does.

    `shown` is whether the key line has room for it; the palette and the help always have.
    """

    id: str
    key: str
    label: str
    help: str
    where: Where
    shown: bool = True
    action: str = ""


COMMANDS = (
    Command("new", "n", "New", "Start a Jupyter server as a job", "jobs"),
    Command(
        "connect",
        "enter",
        "Connect",
        "Connect to the job's Jupyter server",
        "jobs",
    ),
    Command("browser", "o", "Browser", "Open the server in the browser; connects if need be", "jobs"),
    Command("log", "l", "Log", "Read the end of the job's log", "jobs"),
    Command("kill", "k", "Kill", "End the job; asks first, and says what would be lost", "jobs"),
    Command("copy", "y", "Copy URL", "Copy the server's address, token and all", "jobs"),
    Command("script", "s", "Script", "Write a script that connects from any computer", "jobs", False),
    Command("filter", "slash", "Filter", "Show only jobs whose line holds what you type", "jobs"),
    Command("refresh", "r", "Refresh", "Look at the queue now", "jobs"),
    Command("login", "i", "Log in", "Log in to a cluster, when you are not", "jobs"),
    Command("details", "space", "Details", "Show all that is known of the job, in a narrow window", "jobs"),
    Command("browser", "o", "Browser", "Open the server in the browser", "tunnels"),
    Command("reconnect", "r", "Reconnect", "Open the tunnel again, on the same local port", "tunnels"),
    Command("close", "x", "Close", "Close the tunnel; the job goes on", "tunnels"),
    Command("copy", "y", "Copy URL", "Copy the server's address, token and all", "tunnels"),
    Command("script", "s", "Script", "Write a script that connects from any computer", "tunnels", False),
    Command("login", "i", "Log in", "Log in to this or another cluster", "cluster"),
    Command("logout", "x", "Log out", "Log out and close the tunnels (asks first); jobs go on", "cluster"),
    Command("refresh", "r", "Refresh", "Look at the queue now", "cluster"),
    Command("nodekey", "a", "Node key", "Spare the compute nodes' password by a key", "cluster"),
    Command("jobs", "1", "Jobs", "Your jobs", "everywhere", False, "show('jobs')"),
    Command(
        "tunnels",
        "2",
        "Tunnels",
        "Tunnels from this laptop to your servers",
        "everywhere",
        False,
        "show('tunnels')",
    ),
    Command(
        "cluster",
        "3",
        "Cluster",
        "The login, and what the cluster offers",
        "everywhere",
        False,
        "show('cluster')",
    ),
    Command("back", "escape", "Back", "Leave the filter, the wait or the screen", "everywhere", False),
    Command("palette", "ctrl+p", "Palette", "Search for a command", "everywhere", True, "command_palette"),
    Command("help", "question_mark", "Help", "What the keys do", "everywhere"),
    Command("quit", "q", "Quit", "Leave; tunnels may stay open, jobs go on", "everywhere"),
)


def bindings(where: Where) -> list[BindingType]:
    """Return the key bindings of a screen, or of the app (`everywhere`)."""
    return [_binding(command) for command in COMMANDS if command.where == where]


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
    """Return a key that goes without saying, as those that move a selection."""
    return Binding(key, action, show=False)


def markdown() -> str:
    """Return the table of keys for the README."""
    rows = [
        f"| `{command.key}` | `{command.id}` | {command.where} | {command.help} |" for command in COMMANDS
    ]
    return "\n".join(("| key | id | where | what it does |", "| --- | --- | --- | --- |", *rows))
