"""`jupystra completion`: a script by which a shell completes what is typed."""

from argparse import ArgumentParser, Namespace, _SubParsersAction

from jupystra_tui.verbs.exits import FINE
from jupystra_tui.verbs.output import tell

SHELLS = ("bash", "zsh", "tcsh")


def add(parser: ArgumentParser) -> None:
    """Add the shell."""
    parser.add_argument("shell", choices=SHELLS)
    parser.epilog = (
        'bash: eval "$(jupystra completion bash)"; zsh: write it to _jupystra in a folder of $fpath'
    )


async def run(arguments: Namespace) -> int:
    """Print the script."""
    import shtab

    from jupystra_tui.verbs.parser import make_parser

    parser = make_parser(None)
    _complete_files(parser)
    tell(shtab.complete(parser, arguments.shell))
    return FINE


def _complete_files(parser: ArgumentParser) -> None:
    import shtab

    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for verb in action.choices.values():
                _complete_files(verb)
        elif action.metavar == "FILE":
            setattr(action, "complete", shtab.FILE)  # noqa: B010 - argparse does not know the attribute
