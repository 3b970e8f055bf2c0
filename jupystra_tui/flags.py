"""The flags of the command line: which cluster, which server to start; the same for both commands."""

import difflib
import re
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec import structs

from jupystra_tui import paths, presets
from jupystra_tui.config import Config
from jupystra_tui.errors import ConfigError
from jupystra_tui.model import Cluster, JobRequest, Order
from jupystra_tui.model.target import Target, aimed, read_target
from jupystra_tui.model.units import parse_duration, parse_memory
from jupystra_tui.text import clean

_CHANGES_FOLDER = re.compile(r"(^|[;&|({])\s*(cd|pushd)\b")
_LAUNCH = (
    "port",
    "local_port",
    "relay_port",
    "memory",
    "cores",
    "queue",
    "walltime",
    "outfile",
    "cmds",
    "count",
)


def add_target(parser: ArgumentParser) -> None:
    """Add what names the cluster and the person there."""
    where = parser.add_argument_group("which cluster")
    where.add_argument(
        "destination",
        nargs="?",
        metavar="[USER@]HOST",
        help="a cluster's name in the configuration, a preset, a host, or an alias of ~/.ssh/config;"
        " with --cluster or --orchestra your login_ID there",
    )
    where.add_argument(
        "-F", dest="ssh_config", metavar="FILE", help="ssh configuration to use, as for ssh -F"
    )
    where.add_argument("--cluster", metavar="NAME", help="a cluster of the configuration, or a preset")
    where.add_argument("--orchestra", action="store_true", help="the same as --cluster orchestra")
    where.add_argument(
        "-P",
        "--password",
        metavar="PW",
        help="password, - to read it from standard input; better let the program ask",
    )
    where.add_argument("--password-fd", type=int, default=-1, help=SUPPRESS)


def add_launch(parser: ArgumentParser) -> None:
    """Add what describes a server to start; what is not given is None, or False for a switch."""
    job = parser.add_argument_group("the job", "What is not given is as the cluster's defaults have it.")
    job.add_argument("-q", "--queue", metavar="NAME", help="partition or queue")
    job.add_argument("-W", "--wall_time", "--wall-time", dest="walltime", metavar="[D-]HH:MM[:SS]",
                     help="walltime: 12:00:00, 12:00, 1-06:00:00, 90m, 12h")  # fmt: skip
    job.add_argument("-R", "--mem", dest="memory", metavar="SIZE", help="memory: 8G, 500M, or a number of MB")
    job.add_argument("-c", "--cores", metavar="N", help="cores")
    job.add_argument(
        "-o", "--outfile", metavar="FILE", help="the job's output file; its own folder if left out"
    )
    job.add_argument("--cmds", nargs="+", action="extend", metavar="CMD",
                     help='shell commands to run before the server, each one word: "cd path/to/dir"; '
                     "takes all words up to the next flag, so HOST comes before it, or after --")  # fmt: skip
    job.add_argument(
        "-p", "--port", metavar="PORT", help="Jupyter's port on the compute node; any free one if left out"
    )
    job.add_argument("-r", "--remote_port", "--remote-port", dest="relay_port", metavar="PORT",
                     help="port on the login node for the tunnel to pass through; none if left out")  # fmt: skip
    job.add_argument("-L", "--local_port", "--local-port", dest="local_port", metavar="PORT",
                     help="port on this machine; 8888 or the next that is free if left out")  # fmt: skip
    start = parser.add_argument_group("the start")
    start.add_argument("--connect", action="store_true", help="start at once, and end in the browser")
    start.add_argument("--count", metavar="N",
                       help="looks at the queue before giving up is offered; no end if left out")  # fmt: skip
    start.add_argument("--no_script", "--no-script", dest="no_script", action="store_true",
                       help="do not write the connect script")  # fmt: skip


def cluster_of(config: Config, arguments: Namespace) -> Cluster | None:
    """Return the cluster that the command line names, None when it names none; raises ConfigError."""
    wanted = _wanted_name(arguments)
    cluster = _by_name(config, wanted, arguments.destination) if wanted else _by_place(config, arguments)
    ssh_config = config_file(arguments.ssh_config)
    if cluster is None or not (ssh_config or config.ssh_config):
        return cluster
    return structs.replace(cluster, ssh_config=ssh_config or cluster.ssh_config or config.ssh_config)


def request_of(cluster: Cluster, arguments: Namespace) -> JobRequest:
    """Return the cluster's defaults with what the flags set; raises ConfigError for a value that cannot be used.

    The commands of --cmds come after the cluster's own set-up; where one of them changes directory, the cluster's
    folder does not.
    """
    return Order(_given(arguments)).request(cluster.defaults)


def _given(arguments: Namespace) -> dict[str, Any]:
    given: dict[str, Any] = {
        "queue": arguments.queue,
        "walltime": _read("-W", arguments.walltime, parse_duration, "duration", "12:00:00 or 12h"),
        "memory": _read("-R", arguments.memory, parse_memory, "size", "8G or 500M"),
        "cores": _read("-c", arguments.cores, _whole_number, "number of cores", "1 or more"),
        "outfile": arguments.outfile,
        "port": _read("-p", arguments.port, _port, "port", "0 for any free one, or 1 to 65535"),
        "relay_port": _read("-r", arguments.relay_port, _port, "port", "0 for none, or 1 to 65535"),
        "local_port": _read("-L", arguments.local_port, _port, "port", "0 for any free one, or 1 to 65535"),
    }
    commands = tuple(command for command in arguments.cmds or () if command.strip())
    if commands:
        given["setup"] = commands
    if any(map(_CHANGES_FOLDER.search, commands)):
        given["folder"] = ""
    return {name: value for name, value in given.items() if value is not None}


def local_port_of(arguments: Namespace) -> int:
    """Return what -L says, 0 where it was not given; raises ConfigError."""
    return _read("-L", arguments.local_port, _port, "port", "0 for any free one, or 1 to 65535") or 0


def order_of(cluster: Cluster | None, arguments: Namespace) -> Order | None:
    """Return what is to be started, None when no flag says anything of a start; raises ConfigError."""
    if not wants_launch(arguments):
        return None
    if cluster is None:
        _refuse_no_cluster(arguments)
    looks = _read("--count", arguments.count, _whole_number, "number of looks", "1 or more") or 0
    return Order(_given(arguments), arguments.connect, looks, not arguments.no_script)


def wants_launch(arguments: Namespace) -> bool:
    """Return whether a flag says anything of a server to start."""
    return (
        arguments.connect
        or arguments.no_script
        or any(getattr(arguments, name) is not None for name in _LAUNCH)
    )


def _wanted_name(arguments: Namespace) -> str:
    if not arguments.orchestra:
        return arguments.cluster or ""
    if arguments.cluster not in (None, "orchestra"):
        raise ConfigError(
            f"--orchestra and --cluster {clean(arguments.cluster)} name two clusters",
            "Leave one of them out.",
        )
    return "orchestra"


def _by_name(config: Config, name: str, destination: str | None) -> Cluster:
    """Return the cluster of --cluster; `destination` is the login_ID there, or the host of a template."""
    known = config.cluster(name) or presets.preset(name)
    if known is None:
        raise _unknown(config, name)
    if not destination:
        return _with_host(known, None)
    if known.host and "@" not in destination:
        return aimed(known, _target(f"{destination}@{known.host}", destination, "login_ID"))
    target = _target(destination, destination, "host")
    if known.host and target.host not in (known.name, known.host):
        raise ConfigError(
            f"--cluster {clean(name)} is {known.host}, and {clean(destination)} another host",
            f"Write your login_ID alone: --cluster {clean(name)} {target.user}",
        )
    return aimed(known, target) if known.host else _with_host(known, target)


def _with_host(template: Cluster, target: Target | None) -> Cluster:
    """Return a template made the cluster of one host."""
    if template.host:
        return template
    if target is None:
        raise ConfigError(
            f"The preset {template.name} is for any host, and no host is given",
            f"Write --cluster {template.name} you@login.your-site.org",
        )
    where = f"{target.user}@{target.host}" if target.user else target.host
    user, port = target.user or template.user, target.port or template.port
    return structs.replace(template, name=where, host=target.host, user=user, port=port)


def _by_place(config: Config, arguments: Namespace) -> Cluster | None:
    """Return the cluster of `[USER@]NAME` or `[USER@]HOST`."""
    text = arguments.destination
    if not text:
        return None
    configured = config.cluster(text)
    if configured:
        return configured
    target = _target(text, text, "cluster")
    known = config.cluster(target.host) or _preset_for(target.host, arguments, config)
    return aimed(known, target) if known else Cluster(text, target.host, target.user, target.port)


def _preset_for(name: str, arguments: Namespace, config: Config) -> Cluster | None:
    """Return the preset of that name that has a host; an alias of the ssh configuration comes before a shipped one."""
    if name not in presets.names():
        return None
    if name not in presets.own():
        from jupystra_tui.ssh.aliases import aliases  # reads a file, and seldom

        if name in aliases(config_file(arguments.ssh_config) or config.ssh_config):
            return None
    found = presets.preset(name)
    return found if found and found.host else None


def _target(text: str, typed: str, what: str) -> Target:
    try:
        return read_target(text)
    except ValueError as error:
        raise ConfigError(f"{clean(typed)!r} is no {what}", str(error)) from error


def _unknown(config: Config, name: str) -> ConfigError:
    known = list(dict.fromkeys([*(cluster.name for cluster in config.clusters), *presets.names()]))
    near = difflib.get_close_matches(name, known, 3)
    listed = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(known)}."
    places = f"{paths.config_file()} or {presets.own_folder()}"
    return ConfigError(f"There is no cluster {clean(name)!r} in {places}", listed)


def _refuse_no_cluster(arguments: Namespace) -> None:
    """Raise ConfigError where a cluster must be named, and where --cmds seems to have taken its name."""
    last = (arguments.cmds or [""])[-1]
    if "@" in last and not any(map(str.isspace, last)):
        raise ConfigError(
            f"{clean(last)!r} after --cmds is one of its commands", "Write it before --cmds, or after --."
        )
    if arguments.connect:
        hint = "Name it: you@host --connect. A word after --cmds is one of its commands."
        raise ConfigError("--connect needs to know the cluster", hint)


def _read(flag: str, text: str | None, reader: Callable[[str], int], what: str, right: str) -> int | None:
    """Return the value of a flag, None where it was not given."""
    if text is None:
        return None
    try:
        return reader(text)
    except ValueError as error:
        raise ConfigError(
            f"{flag} cannot be {clean(text)!r}: that is no {what}", f"Write {right}."
        ) from error


def _whole_number(text: str) -> int:
    return _number_up_to(text, 1, 999_999)


def _port(text: str) -> int:
    return _number_up_to(text, 0, 65535)


def _number_up_to(text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
        raise ValueError(text)
    return int(text)


def config_file(given: str | None) -> str:
    """Return the absolute path of -F, `none` as it is, empty where it was not given; raises ConfigError."""
    if given in (None, "", "none"):
        return given or ""
    path = Path(given).expanduser().absolute()
    try:
        path.open("rb").close()
    except OSError as error:
        raise ConfigError(
            f"-F {clean(given)} cannot be read: {error.strerror}",
            "Name a file of ssh's configuration, or `none`.",
        ) from error
    return str(path)
