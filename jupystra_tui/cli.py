"""The two commands: `jupystra-tui`, the dashboard, and `jupystra`, for scripts."""

import os
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace
from pathlib import Path

import msgspec

from jupystra_tui import __version__, paths
from jupystra_tui.concealed import conceal, received
from jupystra_tui.config import Config, load
from jupystra_tui.errors import ConfigError, JupystraError, WorkerError
from jupystra_tui.model import Cluster, JobRequest
from jupystra_tui.model.target import read_target
from jupystra_tui.text import clean


def dashboard() -> int:
    """Run `jupystra-tui`; returns the exit status: 0, or 2 for a flag or setting that cannot be used."""
    conceal(sys.argv[1:])
    arguments = _dashboard_parser().parse_args()
    try:
        if arguments.demo:
            return _demo()
        config = load(paths.config_file())
        cluster = choose(config, arguments)
    except JupystraError as error:
        return complain(error)
    from jupystra_tui.ui.main import run

    if arguments.ssh_config:
        config = msgspec.structs.replace(config, ssh_config=_config_file(arguments.ssh_config))
    return run(config, cluster, received(arguments.password_fd))


def verbs() -> int:
    """Run `jupystra`; returns the exit status."""
    from jupystra_tui.verbs import main

    try:
        return main(sys.argv[1:])
    except JupystraError as error:
        return complain(error)


def choose(config: Config, arguments: Namespace) -> Cluster | None:
    """Return the cluster that the command line names, None when it names none; raises ConfigError."""
    ssh_config = _config_file(arguments.ssh_config) or config.ssh_config
    if arguments.cluster:
        known = config.cluster(arguments.cluster)
        if known is None:
            names = ", ".join(cluster.name for cluster in config.clusters) or "none yet"
            raise ConfigError(
                f"There is no cluster {arguments.cluster!r} in {paths.config_file()}", f"It has: {names}."
            )
        return known
    if not arguments.destination:
        return None
    known = config.cluster(arguments.destination)
    if known:
        return known
    try:
        target = read_target(arguments.destination)
    except ValueError as error:
        raise ConfigError(f"{clean(arguments.destination)!r} is no cluster", str(error)) from error
    return Cluster(arguments.destination, target.host, target.user, target.port, ssh_config)


def _config_file(given: str | None) -> str:
    return str(Path(given).expanduser().absolute()) if given else ""


def complain(error: JupystraError) -> int:
    """Write an error on standard error; returns the exit status for it."""
    for line in filter(None, (f"jupystra: {error.title}", error.hint)):
        print(line, file=sys.stderr)
    return 2


def _dashboard_parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="jupystra-tui",
        description="Start, watch and connect to Jupyter servers that run as batch jobs on a cluster.",
    )
    parser.add_argument(
        "destination",
        nargs="?",
        metavar="[USER@]HOST",
        help="cluster to log in to: its name in the configuration, a host, or an alias of ~/.ssh/config",
    )
    parser.add_argument(
        "-F", dest="ssh_config", metavar="FILE", help="ssh configuration to use, as for ssh -F"
    )
    parser.add_argument("--cluster", metavar="NAME", help="a cluster of the configuration")
    parser.add_argument(
        "-P",
        "--password",
        metavar="PW",
        help="password, - to read it from standard input; better let the dashboard ask",
    )
    parser.add_argument("--password-fd", type=int, default=-1, help=SUPPRESS)
    parser.add_argument("--demo", action="store_true", help="try it with a practice cluster on this machine")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser


def _demo() -> int:
    """Show the dashboard with a practice cluster, which ends with it, the worker too."""
    from jupystra_tui.demo import PracticeCluster, PracticeClusterError
    from jupystra_tui.ui.main import run
    from jupystra_tui.verbs import stop_worker

    try:
        with PracticeCluster(lively=True) as practice:
            os.environ["JUPYSTRA_HOME"] = str(practice.folder / "laptop")
            try:
                return run(Config(), _practice(practice.alias, str(practice.ssh_config)))
            finally:
                stop_worker()
                print("The practice cluster has ended, with all that ran on it.")
    except PracticeClusterError as error:
        raise WorkerError(str(error), "Is JupyterLab there? pip install 'jupystra-tui[demo]'") from error


def _practice(alias: str, ssh_config: str) -> Cluster:
    modest = JobRequest(walltime=3600, memory=2048)
    return Cluster(alias, alias, ssh_config=ssh_config, poll=5.0, poll_floor=2.0, defaults=modest)
