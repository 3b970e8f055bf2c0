"""Writes small files beside the event loop, which a slow disk would hold up."""

import logging
import threading
from pathlib import Path

from jupystra_tui.private_file import replace_private
from jupystra_tui.ssh.threads import in_thread

LAST_SECONDS = 5.0

log = logging.getLogger(__name__)


class FileWriter:
    """Replaces private files one after another, in a thread that ends when none is left to write.

    Of several contents for one file that were not written yet, only the latest is. A file that cannot be written is
    logged with what that costs.
    """

    def __init__(self) -> None:
        self._waiting: dict[Path, tuple[bytes, str]] = {}
        self._changed = threading.Condition()
        self._busy = False

    def write(self, file: Path, content: bytes, cost: str) -> None:
        """Have a file replaced soon; `cost` is a sentence for the log, without its period."""
        with self._changed:
            self._waiting.pop(file, None)
            self._waiting[file] = content, cost
            if not self._busy:
                self._busy = True
                threading.Thread(target=self._run, name="file writer", daemon=True).start()

    def flush(self, seconds: float) -> bool:
        """Wait until everything is written; returns False where that takes longer than `seconds`. Blocking."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._busy, seconds)

    async def aclose(self) -> None:
        """Wait until everything is written, for a short time. Idempotent."""
        if not await in_thread(self.flush, LAST_SECONDS):
            log.warning("the state of this worker is not all written: the disk does not answer")

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._waiting:
                    self._busy = False
                    self._changed.notify_all()
                    return
                file = next(iter(self._waiting))
                content, cost = self._waiting.pop(file)
            try:
                replace_private(file, content)
            except OSError as error:
                log.warning("%s: %s", cost, error)
