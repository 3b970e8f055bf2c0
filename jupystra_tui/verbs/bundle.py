"""A file for a bug report: the findings, the versions and the end of the worker's log, masked; it is sent nowhere."""

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
from jupystra_tui.verbs.findings import lines_of
from jupystra_tui.verbs.front_end import FrontEnd
from jupystra_tui.verbs.masking import Mask

WIDTH = 100
LOG_LINES = 200
LOG_BYTES = 65536
_PACKAGES = ("paramiko", "cryptography", "msgspec", "textual", "rich", "platformdirs")
_HEAD = "What `jupystra doctor` found. Names, addresses, folders, fingerprints and tokens are masked."


def refuse_existing(file: Path) -> None:
    """Raise ConfigError where the file is there already: nothing is overwritten."""
    if os.path.lexists(file):
        raise ConfigError(f"{file} exists already", "Name another file with --bundle, or remove that one.")


def write_bundle(file: Path, front_end: FrontEnd, cluster: Cluster, findings: Sequence[Finding]) -> str:
    """Write the file, readable by its owner alone, and return what is in it; raises ConfigError."""
    log = _log_tail()
    parts = (
        _HEAD,
        _versions(),
        "\n".join(lines_of(findings, WIDTH)),
        f"The last of the worker's log: {_counted(log)}",
        "\n".join(log),
    )
    text = _mask_for(front_end, cluster, findings)("\n\n".join(parts)) + "\n"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        raise ConfigError(
            f"{file} cannot be written: {error.strerror}", "Name another file with --bundle."
        ) from error
    return (
        f"{file} holds these {len(findings)} findings, versions of programs, and {_counted(log)} of the worker's log.\n"
        "Users, hosts, folders, addresses, fingerprints, tokens and job names in it are masked. "
        "Nothing was sent: read it, then share it or not."
    )


def _counted(log: Sequence[str]) -> str:
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


def _mask_for(front_end: FrontEnd, cluster: Cluster, findings: Sequence[Finding]) -> Mask:
    """Return a mask that knows the names which this front end knows, and those that the findings name."""
    sessions = list(front_end.state.sessions.values())
    clusters = [cluster, *(one.cluster for one in sessions), *front_end.config.clusters]
    shots = list(front_end.state.snapshots.values())
    jobs = [job for shot in shots for job in shot.jobs]
    mask = Mask()
    mask.know("home", [os.path.expanduser("~"), *map(str, filter(None, [paths.home()]))])
    mask.know("user", [getpass.getuser(), *(one.user for one in clusters), *(one.user for one in sessions)])
    mask.know("host", [socket.gethostname(), *(one.host for one in clusters)])
    mask.know("host", [one.login_node for one in sessions])
    mask.know("host", [node for job in jobs for node in (job.node, job.nodes)])
    mask.know("host", [server.node for shot in shots for server in shot.servers])
    mask.know("host", [node for one in findings for node in one.nodes])
    mask.know("cluster", [one.name for one in clusters])
    mask.know("job", [job.name for job in jobs])
    mask.know("account", [job.account for job in jobs])
    return mask
