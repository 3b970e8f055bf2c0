"""Several Slurm clusters behind one login node: ids such as `4711;cm2`, and commands with -M.

A job of the login node's own cluster has a plain number. The empty name stands for that cluster.
"""

import re
import shlex
from collections.abc import Iterable, Sequence

from jupystra_tui.schedulers.roles import Argv

CLUSTER = r"[A-Za-z0-9][\w.-]{0,63}"
OWN = ""
_OPTION = re.compile(r"(?:-M|--clus(?:t(?:er?|ers)?)?=?)(.*)", re.DOTALL)


def with_cluster(number: str, cluster: str) -> str:
    """Return `4711;cm2`, or the number alone for a job of the login node's own cluster."""
    return f"{number};{cluster}" if cluster else number


def grouped(ids: Iterable[str]) -> dict[str, list[str]]:
    """Return ids without their clusters, by cluster."""
    groups: dict[str, list[str]] = {}
    for id in ids:
        bare, _, cluster = id.partition(";")
        groups.setdefault(cluster, []).append(bare)
    return groups


def on_cluster(argv: Sequence[str], cluster: str) -> Argv:
    """Return a command of Slurm for that cluster."""
    return (argv[0], "-M", cluster, *argv[1:]) if cluster else tuple(argv)


def one_command(commands: Sequence[Argv]) -> Argv:
    """Return one command that runs them all; its exit code is that of the last one that failed."""
    return commands[0] if len(commands) == 1 else ("sh", "-c", one_script(map(shlex.join, commands)))


def one_script(commands: Iterable[str]) -> str:
    """Return shell text that runs all commands; its exit code is that of the last one that failed."""
    several = list(commands)
    if len(several) == 1:
        return several[0]
    return "; ".join(("code=0", *(f"{command} || code=$?" for command in several), '(exit "$code")'))


def chosen_clusters(options: Iterable[str]) -> str:
    """Return the value of -M in options of sbatch, empty if there is none."""
    chosen = ""
    for option in options:
        try:
            words = shlex.split(option)
        except ValueError:
            continue  # sbatch refuses it
        match = _OPTION.fullmatch(words[0]) if words else None
        if match:
            chosen = match[1] or " ".join(words[1:2])
    return chosen
