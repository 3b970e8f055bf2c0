"""The command line of `jupystra`. Only the verb that is typed is imported: the shell waits for it."""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from jupystra_tui import __version__
from jupystra_tui.errors import ConfigError
from jupystra_tui.verbs.exits import MEANINGS
from jupystra_tui.verbs.output import flush

VERBS = {
    "start": ("start", "start a Jupyter server as a job; with --wait until it answers"),
    "list": ("jobs", "your jobs, and which of them are servers"),
    "connect": ("connect", "open a tunnel to a server and the browser"),
    "disconnect": ("disconnect", "close a tunnel; the job goes on"),
    "kill": ("kill", "end jobs"),
    "log": ("log", "the end of a job's log; -f follows it"),
    "script": ("script", "write a program that connects from any computer with OpenSSH"),
    "doctor": ("doctor", "what of a cluster works, and what to do about the rest"),
    "status": ("status", "sessions and tunnels that are open now"),
    "worker": ("worker", "the process that keeps connections and tunnels: stop it, or read its log"),
    "config": ("config", "where the configuration is, and its JSON schema for editors"),
    "completion": ("completion", "a script by which bash, zsh or tcsh completes what is typed"),
}
"""Each verb's module of this package, which has `add(parser)` and `async run(arguments) -> int`, and what it is for."""


class Parser(ArgumentParser):
    """Raises ConfigError for a command line that cannot be read."""

    def error(self, message: str) -> NoReturn:
        """Say which flag, and where help is."""
        raise ConfigError(f"{message[:1].upper()}{message[1:]}", f"`{self.prog} --help` tells what there is.")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """Leave once the help is written; raises Unwritable."""
        flush()
        super().exit(status, message)


def parse(words: Sequence[str]) -> Namespace:
    """Return what was typed; raises ConfigError. `verb` is empty where there is none."""
    arguments = make_parser(words).parse_args(words)
    before = arguments.ssh_config_before
    if before and not getattr(arguments, "ssh_config", None):
        arguments.ssh_config = before
    return arguments


def make_parser(words: Sequence[str] | None) -> ArgumentParser:
    """Return the parser with the flags of the verbs that are among `words`; None for all verbs."""
    parser = Parser(
        prog="jupystra",
        description="What the dashboard jupystra-tui does, for scripts and shells.",
        epilog=_epilog(),
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "-F", dest="ssh_config_before", metavar="FILE", help="ssh configuration to use, as for ssh -F"
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.set_defaults(verb="", json=False, password_fd=-1)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    for name, (module, purpose) in VERBS.items():
        verb = verbs.add_parser(name, help=purpose, description=_sentence(purpose), allow_abbrev=False)
        if words is None or name in words:
            import_module(f"jupystra_tui.verbs.{module}").add(verb)
    return parser


def _sentence(purpose: str) -> str:
    return f"{purpose[:1].upper()}{purpose[1:]}."


def _epilog() -> str:
    meanings = "\n".join(f"  {status:>3}  {meaning}" for status, meaning in MEANINGS)
    return (
        "Results go to standard output, and how it goes to standard error. With --json a result is one JSON object,\n"
        "of `log -f` one a line for each piece; an error is\n"
        f'{{"error": {{"title", "hint", "detail"}}}}.\n\nexit status:\n{meanings}'
    )
