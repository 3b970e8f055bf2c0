"""The tunnels that the user wants open, in a file that outlives the worker. It holds no secret."""

import logging
import time
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from jupystra_tui.model import Cluster, JobRequest
from jupystra_tui.model.ports import LAST_PORT
from jupystra_tui.worker.file_writer import FileWriter

KEPT_SECONDS = 30 * 86400.0
LIMIT = 200

Port = Annotated[int, Meta(ge=0, le=LAST_PORT)]

log = logging.getLogger(__name__)


class WantedTunnel(Struct, frozen=True):
    """A tunnel to a job's server; `cluster` is all that it takes to log in again, its defaults left out.

    `local_port` is the one it has, 0 before it has one; `relay` is the login node's port that it passes through, 0 for
    none. `since` is when it was first wanted, in seconds since 1970.
    """

    cluster: Cluster
    job: str
    name: str
    local_port: Port = 0
    relay: Port = 0
    since: float = 0.0

    @property
    def key(self) -> tuple[str, str]:
        """Cluster and job."""
        return self.cluster.name, self.job


class _File(Struct, frozen=True):
    tunnels: tuple[msgspec.Raw, ...] = ()


class WantedTunnels:
    """The file: read once by `load`, written as a whole at each change.

    A file that cannot be read holds nothing; one that cannot be written costs only what it is for.
    """

    def __init__(self, file: Path, writer: FileWriter) -> None:
        self._file = file
        self._writer = writer
        self._tunnels: dict[tuple[str, str], WantedTunnel] = {}

    def load(self) -> tuple[WantedTunnel, ...]:
        """Return what was wanted when the last worker ended."""
        for one in _read(self._file):
            if time.time() - one.since < KEPT_SECONDS:
                self._tunnels[one.key] = one
        return tuple(self._tunnels.values())

    def put(self, wanted: WantedTunnel) -> None:
        """Want a tunnel, or note what has changed of it."""
        kept = msgspec.structs.replace(
            wanted, cluster=msgspec.structs.replace(wanted.cluster, defaults=JobRequest())
        )
        if self._tunnels.get(kept.key) != kept:
            self._tunnels[kept.key] = kept
            self._write()

    def remove(self, cluster: str, job: str) -> None:
        """Want a tunnel no more. Idempotent."""
        if self._tunnels.pop((cluster, job), None):
            self._write()

    def _write(self) -> None:
        content = msgspec.json.encode({"tunnels": list(self._tunnels.values())[-LIMIT:]})
        self._writer.write(self._file, content, "tunnels will not be opened again after a crash")


def _read(file: Path) -> list[WantedTunnel]:
    try:
        raw = msgspec.json.decode(file.read_bytes(), type=_File).tunnels
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:  # msgspec's errors are ValueErrors
        log.warning("%s cannot be read, so no tunnel is opened again: %s", file, error)
        return []
    found = []
    for one in raw[:LIMIT]:
        try:
            found.append(msgspec.json.decode(one, type=WantedTunnel))
        except ValueError as error:
            log.warning("a tunnel in %s cannot be read and is left out: %s", file, error)
    return found
