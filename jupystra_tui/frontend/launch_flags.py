"""The flags of the command line that describe a server to start, from the table of launch options."""

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import Any

from jupystra_tui.errors import ConfigError
from jupystra_tui.model import Cluster, JobRequest, Order
from jupystra_tui.model.units import BadText
from jupystra_tui.options import OPTIONS, Option
from jupystra_tui.options.texts import parse_local_port, parse_polls
from jupystra_tui.text import clean

LOCAL_PORT = next(option for option in OPTIONS if option.name == "local_port")
_CHANGES_FOLDER = re.compile(r"(^|[;&|({])\s*(cd|pushd)\b")


def add_launch(parser: ArgumentParser, options: tuple[Option, ...] = OPTIONS) -> None:
    """Add the flags of the options, and those of the start; what is not given is None, or False for a switch."""
    job = parser.add_argument_group("job", "Defaults come from the cluster's configuration.")
    for option in options:
        add_option(job, option)
    start = parser.add_argument_group("launch")
    start.add_argument(
        "--connect", action="store_true", help="start at once, and open the browser when the server is ready"
    )
    start.add_argument(
        "--count",
        metavar="N",
        help="ask what to do if the job is still pending after N polls; default: never",
    )
    start.add_argument(
        "--no_script",
        "--no-script",
        dest="no_script",
        action="store_true",
        help="do not write the connect script",
    )


def add_option(parser: Any, option: Option) -> None:
    """Add one option's flags to a parser, or to a group of one."""
    left_out = "" if option.if_left_out in ("", "none") else f"; default: {option.if_left_out}"
    many: dict[str, Any] = {}
    if option.words:
        many = {"nargs": "+", "action": "extend"}
    elif option.repeated:
        many = {"action": "append"}
    text = (option.help + left_out).replace("`", "").replace("%", "%%")
    parser.add_argument(*option.flags, dest=option.name, metavar=option.metavar, help=text, **many)


def request_of(cluster: Cluster, arguments: Namespace) -> JobRequest:
    """Return the cluster's defaults with what the flags set; raises ConfigError for a value that cannot be used.

    The commands of --cmds come after the cluster's own set-up; where one of them changes directory, the cluster's
    folder does not apply.
    """
    return Order(_given(arguments)).request(cluster.defaults)


def order_of(
    cluster: Cluster | None, arguments: Namespace, options: tuple[Option, ...] = OPTIONS
) -> Order | None:
    """Return what is to be started, None when no flag says anything of a start; raises ConfigError."""
    if not wants_launch(arguments, options):
        return None
    if cluster is None:
        _refuse_no_cluster(arguments)
    polls = 0 if arguments.count is None else _read("--count", arguments.count, parse_polls)
    return Order(_given(arguments, options), arguments.connect, polls, not arguments.no_script)


def wants_launch(arguments: Namespace, options: tuple[Option, ...] = OPTIONS) -> bool:
    """Return whether a flag says anything of a server to start."""
    return (
        arguments.connect
        or arguments.no_script
        or arguments.count is not None
        or any(getattr(arguments, option.name) is not None for option in options)
    )


def local_port_of(arguments: Namespace) -> int:
    """Return what -L says, 0 where it was not given; raises ConfigError."""
    text = arguments.local_port
    return 0 if text is None else int(_read("-L", text, parse_local_port))


def _given(arguments: Namespace, options: tuple[Option, ...] = OPTIONS) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for option in options:
        value = getattr(arguments, option.name)
        if value is None:
            continue
        if option.words or option.repeated:
            given[option.name] = tuple(word for word in value if word.strip())
        else:
            given[option.name] = _read(option.flags[0], value, option.parse)
    if any(map(_CHANGES_FOLDER.search, given.get("setup", ()))) and arguments.folder is None:
        given["folder"] = ""
    return {name: value for name, value in given.items() if value != () or name != "setup"}


def _refuse_no_cluster(arguments: Namespace) -> None:
    """Raise ConfigError where a cluster must be named, and where --cmds seems to have taken its name."""
    last = (arguments.setup or [""])[-1]
    if "@" in last and not any(map(str.isspace, last)):
        raise ConfigError(
            f"{clean(last)!r} after --cmds is taken as a command", "Write it before --cmds, or after --."
        )
    if arguments.connect:
        hint = "Name it: you@host --connect. A word after --cmds is taken as a command."
        raise ConfigError("--connect needs to know the cluster", hint)


def _read(flag: str, text: str, parse: Callable[[str], Any]) -> Any:
    """Return the value of a flag; raises ConfigError."""
    try:
        return parse(text)
    except BadText as error:
        raise ConfigError(f"{flag}: {error.title}", error.hint) from error
