"""The flags of the command line that name a cluster; the same for both commands."""

import difflib
from argparse import SUPPRESS, ArgumentParser, Namespace
from pathlib import Path

from msgspec import structs

from jupystra_tui import paths
from jupystra_tui.errors import ConfigError
from jupystra_tui.frontend import presets
from jupystra_tui.frontend.config import Config
from jupystra_tui.model import Cluster
from jupystra_tui.model.target import Target, aimed, read_target
from jupystra_tui.text import clean


def add_target(parser: ArgumentParser) -> None:
    """Add the flags that name the cluster and the user."""
    where = parser.add_argument_group("cluster")
    where.add_argument(
        "destination",
        nargs="?",
        metavar="[USER@]HOST",
        help="a configured cluster, a preset, a host, or an alias of ~/.ssh/config;"
        " with --cluster or --orchestra your user name",
    )
    where.add_argument("-F", dest="ssh_config", metavar="FILE", help="ssh configuration file, as for ssh -F")
    where.add_argument("--cluster", metavar="NAME", help="a configured cluster or a preset")
    where.add_argument("--orchestra", action="store_true", help="the same as --cluster orchestra")
    where.add_argument(
        "-P",
        "--password",
        metavar="PW",
        help="password; - reads it from standard input; it is safer to be prompted",
    )
    where.add_argument("--password-fd", type=int, default=-1, help=SUPPRESS)


def cluster_of(config: Config, arguments: Namespace) -> Cluster | None:
    """Return the cluster that the command line names, None when it names none; raises ConfigError."""
    wanted = _wanted_name(arguments)
    cluster = _by_name(config, wanted, arguments.destination) if wanted else _by_place(config, arguments)
    ssh_config = config_file(arguments.ssh_config)
    if cluster is None or not (ssh_config or config.ssh_config):
        return cluster
    return structs.replace(cluster, ssh_config=ssh_config or cluster.ssh_config or config.ssh_config)


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
        from jupystra_tui.ssh_aliases import aliases  # reads a file, and seldom

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
