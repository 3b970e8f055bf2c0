"""`jupystra completion`: print a completion script for a shell."""

from argparse import ArgumentParser, Namespace, _SubParsersAction

from jupystra_tui.verbs.exits import OK
from jupystra_tui.verbs.output import print_result

SHELLS = ("bash", "zsh", "tcsh")


def add(parser: ArgumentParser) -> None:
    """Add the name of the shell."""
    parser.add_argument("shell", choices=SHELLS)
    parser.epilog = (
        'bash: eval "$(jupystra completion bash)"; zsh: write the output to _jupystra in a folder of $fpath'
    )


async def run(arguments: Namespace) -> int:
    """Print the script."""
    import shtab

    from jupystra_tui.verbs.parser import make_parser

    parser = make_parser(None)
    _complete_files(parser)
    print_result(shtab.complete(parser, arguments.shell))
    return OK


def _complete_files(parser: ArgumentParser) -> None:
    import shtab

    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for verb in action.choices.values():
                _complete_files(verb)
        elif action.metavar == "FILE":
            setattr(action, "complete", shtab.FILE)  # noqa: B010 - argparse does not know the attribute
