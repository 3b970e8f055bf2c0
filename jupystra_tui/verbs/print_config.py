"""`jupystra config`: where the configuration is, and its JSON schema for editors."""

from argparse import ArgumentParser, Namespace

from jupystra_tui import paths
from jupystra_tui.verbs.exits import OK
from jupystra_tui.verbs.output import print_json, print_result


def add(parser: ArgumentParser) -> None:
    """Add the actions of this verb."""
    parser.add_argument("action", choices=["path", "schema"], help="print its path, or its JSON schema")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


async def run(arguments: Namespace) -> int:
    """Print the path or the JSON schema of the configuration file."""
    if arguments.action == "schema":
        from jupystra_tui.frontend.schema import config_schema  # slow to build and rarely used

        print_json(config_schema())
    elif arguments.json:
        print_json({"path": str(paths.config_file())})
    else:
        print_result(str(paths.config_file()))
    return OK
