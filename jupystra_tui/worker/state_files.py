"""State kept in files: the local port of each job's tunnel, and recently used clusters."""

import json
from pathlib import Path

import msgspec

from jupystra_tui.model import Cluster, JobRequest
from jupystra_tui.protocol import Recent
from jupystra_tui.worker.file_writer import FileWriter

KEPT = 100
CLUSTERS_KEPT = 20


class LocalPorts:
    """Local ports by cluster and job, in a small file; a file that cannot be read or written costs only the memory."""

    def __init__(self, file: Path, writer: FileWriter) -> None:
        self._file = file
        self._writer = writer
        try:
            read = json.loads(file.read_text())
            self._ports = {str(key): int(port) for key, port in read.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            self._ports = {}

    def get(self, cluster: str, job: str) -> int:
        """Return the port that the job's tunnel had, 0 if it had none."""
        return self._ports.get(f"{cluster} {job}", 0)

    def put(self, cluster: str, job: str, port: int) -> None:
        """Remember a job's port."""
        key = f"{cluster} {job}"
        if self._ports.pop(key, 0) != port:
            self._ports = dict(list(self._ports.items())[-KEPT + 1 :])
        self._ports[key] = port
        self._writer.write(self._file, json.dumps(self._ports).encode(), "local ports are not remembered")


class RecentClusters:
    """The clusters of earlier logins, and the jobs started from here, in a small file like that of ports.

    `listed` is what front ends get. A cluster's defaults are not kept: their set-up may contain private data.
    """

    def __init__(self, file: Path, writer: FileWriter) -> None:
        self._file = file
        self._writer = writer
        self._seen: set[Cluster] = set()
        try:
            self.listed = msgspec.json.decode(file.read_bytes(), type=Recent)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            self.listed = Recent()

    def seen(self, cluster: Cluster) -> None:
        """Record a login to a cluster."""
        kept = msgspec.structs.replace(cluster, defaults=JobRequest())
        if kept not in self._seen:
            self._seen.add(kept)
            others = (one for one in self.listed.clusters if one.name != kept.name)
            self._keep(Recent((*others, kept)[-CLUSTERS_KEPT:], self.listed.jobs))

    def started(self, cluster: str, job: str) -> None:
        """A job was started on a cluster."""
        others = (one for one in self.listed.jobs if one != (job, cluster))
        self._keep(Recent(self.listed.clusters, (*others, (job, cluster))[-KEPT:]))

    def _keep(self, listed: Recent) -> None:
        self.listed = listed
        self._writer.write(self._file, msgspec.json.encode(listed), "recent clusters are not remembered")
