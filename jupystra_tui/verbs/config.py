"""`jupystra config`: where the configuration is, and its JSON schema for editors."""

from argparse import ArgumentParser, Namespace

from jupystra_tui import paths
from jupystra_tui.verbs.exits import FINE
from jupystra_tui.verbs.output import print_json, tell


def add(parser: ArgumentParser) -> None:
    """Add the actions."""
    parser.add_argument("action", choices=["path", "schema"], help="print its path, or a JSON schema of it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


async def run(arguments: Namespace) -> int:
    """Print the path or the schema."""
    if arguments.action == "schema":
        from jupystra_tui.frontend.schema import config_schema  # slow to make, and seldom wanted

        print_json(config_schema())
    elif arguments.json:
        print_json({"path": str(paths.config_file())})
    else:
        tell(str(paths.config_file()))
    return FINE
