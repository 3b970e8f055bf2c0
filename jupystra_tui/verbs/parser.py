"""The command line of `jupystra`. Only the module of the verb in use is imported, so that it starts fast."""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from jupystra_tui import __version__
from jupystra_tui.errors import ConfigError
from jupystra_tui.verbs.exits import MEANINGS
from jupystra_tui.verbs.output import flush

VERBS = {
    "start": ("start_job", "start a Jupyter server as a job; --wait waits until it is ready"),
    "list": ("list_jobs", "list your jobs"),
    "connect": ("open_tunnel", "open a tunnel to a job's server, and the browser"),
    "disconnect": ("close_tunnels", "close a tunnel; the job continues"),
    "kill": ("kill_jobs", "kill jobs"),
    "log": ("print_log", "print the end of a job's log; -f follows it"),
    "script": ("write_script", "write a script that connects from any computer with OpenSSH"),
    "doctor": ("run_doctor", "diagnose a cluster and suggest fixes"),
    "status": ("print_status", "show open sessions and tunnels"),
    "worker": ("manage_worker", "stop the worker process, or print its log"),
    "config": ("print_config", "print the path of the configuration file, or its JSON schema"),
    "completion": ("print_completion", "print a completion script for bash, zsh or tcsh"),
}
"""Each verb: its module in this package, with `add(parser)` and `async run(arguments) -> int`, and its help."""


class Parser(ArgumentParser):
    """Raises ConfigError for an invalid command line."""

    def error(self, message: str) -> NoReturn:
        """Raise ConfigError with the message, and how to get help."""
        raise ConfigError(
            f"{message[:1].upper()}{message[1:]}", f"Run `{self.prog} --help` for the list of flags."
        )

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """Exit after the help is written; raises OutputError."""
        flush()
        super().exit(status, message)


def parse(argv: Sequence[str]) -> Namespace:
    """Return the parsed command line; raises ConfigError. `verb` is empty if none is given."""
    arguments = make_parser(argv).parse_args(argv)
    before = arguments.ssh_config_before
    if before and not getattr(arguments, "ssh_config", None):
        arguments.ssh_config = before
    return arguments


def make_parser(argv: Sequence[str] | None) -> ArgumentParser:
    """Return the parser with the flags of the verbs in `argv`; None for all verbs."""
    parser = Parser(
        prog="jupystra",
        description="Start, list, connect to and kill Jupyter servers on a cluster, from scripts and shells.",
        epilog=_epilog(),
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "-F", dest="ssh_config_before", metavar="FILE", help="ssh configuration file, as for ssh -F"
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.set_defaults(verb="", json=False, password_fd=-1)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    for name, (module, purpose) in VERBS.items():
        verb = verbs.add_parser(name, help=purpose, description=_as_sentence(purpose), allow_abbrev=False)
        if argv is None or name in argv:
            import_module(f"jupystra_tui.verbs.{module}").add(verb)
    return parser


def _as_sentence(purpose: str) -> str:
    return f"{purpose[:1].upper()}{purpose[1:]}."


def _epilog() -> str:
    meanings = "\n".join(f"  {status:>3}  {meaning}" for status, meaning in MEANINGS)
    return (
        "Results are printed on standard output, progress on standard error. With --json the result is one JSON\n"
        "object (`log -f` prints one object per line), and an error is\n"
        f'{{"error": {{"title", "hint", "detail"}}}}.\n\nexit status:\n{meanings}'
    )
