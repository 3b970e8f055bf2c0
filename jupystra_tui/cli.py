"""The flags of `jupystra-tui`: the dashboard with the cluster and the server that they name."""

import os
import sys
from argparse import ArgumentParser, Namespace

import msgspec

from jupystra_tui import __version__, paths
from jupystra_tui.errors import JupystraError, WorkerError
from jupystra_tui.frontend.concealed import conceal, received
from jupystra_tui.frontend.config import Config, load
from jupystra_tui.frontend.flags import add_target, cluster_of, config_file
from jupystra_tui.frontend.launch_flags import add_launch, order_of
from jupystra_tui.model import Cluster, JobRequest


def dashboard() -> int:
    """Run `jupystra-tui`; returns the exit status: 0, or 2 for an invalid flag or setting."""
    conceal(sys.argv[1:])
    arguments = dashboard_parser().parse_args()
    try:
        if arguments.demo:
            return _demo(arguments)
        config = load(paths.config_file())
        cluster = cluster_of(config, arguments)
        order = order_of(cluster, arguments)
    except JupystraError as error:
        return complain(error)
    from jupystra_tui.ui.main import run

    if arguments.ssh_config:
        config = msgspec.structs.replace(config, ssh_config=config_file(arguments.ssh_config))
    return run(config, cluster, received(arguments.password_fd), order)


def complain(error: JupystraError) -> int:
    """Print an error on standard error; returns the exit status."""
    for line in filter(None, (f"jupystra: {error.title}", error.hint)):
        print(line, file=sys.stderr)
    return 2


def dashboard_parser() -> ArgumentParser:
    """Return the parser of `jupystra-tui`'s command line."""
    parser = ArgumentParser(
        prog="jupystra-tui",
        description="Start, watch and connect to Jupyter servers that run as batch jobs on a cluster.",
        allow_abbrev=False,
    )
    add_target(parser)
    add_launch(parser)
    parser.add_argument("--demo", action="store_true", help="start a practice cluster on this machine")
    parser.add_argument("--lsf", action="store_true", help="with --demo: simulate LSF instead of Slurm")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser


def _demo(arguments: Namespace) -> int:
    """Show the dashboard with a practice cluster; the cluster and the worker end with it."""
    from jupystra_tui.demo import PracticeCluster, PracticeClusterError
    from jupystra_tui.ui.main import run
    from jupystra_tui.verbs import stop_worker

    try:
        with PracticeCluster(lively=True, scheduler="lsf" if arguments.lsf else "slurm") as practice:
            os.environ["JUPYSTRA_HOME"] = str(practice.folder / "laptop")
            try:
                cluster = _practice(practice.alias, str(practice.ssh_config))
                return run(Config(), cluster, order=order_of(cluster, arguments), temporary=True)
            finally:
                stop_worker()
                print("The practice cluster and its jobs have ended.")
    except PracticeClusterError as error:
        raise WorkerError(str(error), "Install JupyterLab: pip install 'jupystra-tui[demo]'") from error


def _practice(alias: str, ssh_config: str) -> Cluster:
    modest = JobRequest(walltime=3600, memory=2048)
    return Cluster(alias, alias, ssh_config=ssh_config, poll=5.0, poll_floor=2.0, defaults=modest)
