"""What outlives the worker: the local port each job's tunnel had, so that open browser tabs find it again."""

import json
import os
from pathlib import Path

KEPT = 100


class Ports:
    """Local ports by cluster and job, in a small file; a file that cannot be read or written costs only the memory."""

    def __init__(self, file: Path) -> None:
        self._file = file
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
        fresh = self._file.with_suffix(f".{os.getpid()}")
        try:
            fresh.write_text(json.dumps(self._ports))
            fresh.replace(self._file)
        except OSError:
            fresh.unlink(missing_ok=True)
