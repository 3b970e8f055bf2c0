"""Writes a file for a bug report: findings, versions and the end of the worker's log, masked. Nothing is sent."""

import getpass
import os
import platform
import socket
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from jupystra_tui import __version__, paths
from jupystra_tui.errors import ConfigError
from jupystra_tui.model import Cluster
from jupystra_tui.model.finding import Finding
from jupystra_tui.text import clean_lines
from jupystra_tui.verbs.context import VerbContext
from jupystra_tui.verbs.findings import lines_of
from jupystra_tui.verbs.masking import Mask

WIDTH = 100
LOG_LINES = 200
LOG_BYTES = 65536
_PACKAGES = ("paramiko", "cryptography", "msgspec", "textual", "rich", "platformdirs")
_HEAD = "Findings of `jupystra doctor`. Names, addresses, folders, fingerprints and tokens are masked."


def refuse_existing(file: Path) -> None:
    """Raise ConfigError if the file exists; it is not overwritten."""
    if os.path.lexists(file):
        raise ConfigError(f"{file} exists already", "Name another file with --bundle, or remove it.")


def write_bundle(file: Path, context: VerbContext, cluster: Cluster, findings: Sequence[Finding]) -> str:
    """Write the file (mode 0600) and return a description of its content; raises ConfigError."""
    log = _log_tail()
    parts = (
        _HEAD,
        _versions(),
        "\n".join(lines_of(findings, WIDTH)),
        f"End of the worker's log: {_line_count(log)}",
        "\n".join(log),
    )
    text = _mask_for(context, cluster, findings)("\n\n".join(parts)) + "\n"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        raise ConfigError(
            f"{file} cannot be written: {error.strerror}", "Name another file with --bundle."
        ) from error
    return (
        f"{file} contains {len(findings)} findings, program versions, and {_line_count(log)} of the worker's log.\n"
        "Users, hosts, folders, addresses, fingerprints, tokens and job names in it are masked. "
        "Nothing was sent. Read the file before you share it."
    )


def _line_count(log: Sequence[str]) -> str:
    return "1 line" if len(log) == 1 else f"{len(log)} lines"


def _versions() -> str:
    return "\n".join(
        [
            f"written {time.strftime('%Y-%m-%d')}",
            f"jupystra-tui {__version__}",
            f"Python {platform.python_version()} on {platform.system()} {platform.release()} {platform.machine()}",
            *(f"{name} {_version(name)}" for name in _PACKAGES),
        ]
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _log_tail() -> list[str]:
    for folder in paths.runtime_folders():
        try:
            with (folder / "worker.log").open("rb") as log:
                log.seek(max(0, log.seek(0, os.SEEK_END) - LOG_BYTES))
                return clean_lines(log.read()).splitlines()[-LOG_LINES:]
        except OSError:
            continue
    return []


def _mask_for(context: VerbContext, cluster: Cluster, findings: Sequence[Finding]) -> Mask:
    """Return a mask with all names known to this front end and those in the findings."""
    sessions = list(context.state.sessions.values())
    clusters = [cluster, *(one.cluster for one in sessions), *context.config.clusters]
    snapshots = list(context.state.snapshots.values())
    jobs = [job for snapshot in snapshots for job in snapshot.jobs]
    mask = Mask()
    mask.add_names("home", [os.path.expanduser("~"), *map(str, filter(None, [paths.home()]))])
    mask.add_names(
        "user", [getpass.getuser(), *(one.user for one in clusters), *(one.user for one in sessions)]
    )
    mask.add_names("host", [socket.gethostname(), *(one.host for one in clusters)])
    mask.add_names("host", [one.login_node for one in sessions])
    mask.add_names("host", [node for job in jobs for node in (job.node, job.nodes)])
    mask.add_names("host", [server.node for snapshot in snapshots for server in snapshot.servers])
    mask.add_names("host", [node for one in findings for node in one.nodes])
    mask.add_names("cluster", [one.name for one in clusters])
    mask.add_names("job", [job.name for job in jobs])
    mask.add_names("account", [job.account for job in jobs])
    return mask
