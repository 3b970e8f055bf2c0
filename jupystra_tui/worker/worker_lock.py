"""The lock file that lets only one worker run for a runtime folder."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from jupystra_tui.paths import private


class WorkerLock:
    """An exclusive lock on a 0600 file, which holds the process id; the system frees it when the process ends."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor = -1

    @property
    def held(self) -> bool:
        """Whether the file that is there now is the one that we locked."""
        try:
            found, ours = self._file.stat(), os.fstat(self._descriptor)
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == (ours.st_dev, ours.st_ino)

    @property
    def holder(self) -> str:
        """The process id in the file, as text."""
        try:
            return self._file.read_text(errors="replace").strip()
        except OSError:
            return ""

    def acquire(self) -> bool:
        """Take the lock; returns whether it was free. Raises OSError."""
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        with suppress(OSError):  # on a full disk the lock holds without the number
            os.truncate(descriptor, 0)
            os.write(descriptor, f"{os.getpid()}\n".encode())
        self.release()
        self._descriptor = descriptor
        return True

    def renew(self) -> bool:
        """Take the lock again if its file or its folder was deleted; returns whether we have it. Raises OSError."""
        if self.held:
            return True
        private(self._file.parent.resolve())
        return self.acquire()

    def release(self) -> None:
        """Free the lock. Idempotent."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
