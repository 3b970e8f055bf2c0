"""The worker's log: what happened and why it ended, in a file that does not grow without end."""

import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG_BYTES = 1_000_000
OLD_LOGS = 3
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class WorkerLogHandler(RotatingFileHandler):
    """Rotates worker.log (0600); with `follow` what the process itself prints goes to the new file too."""

    def __init__(self, file: Path, *, follow: bool) -> None:
        super().__init__(file, maxBytes=LOG_BYTES, backupCount=OLD_LOGS, encoding="utf-8", errors="replace")
        self._follow = follow
        file.chmod(0o600)

    def doRollover(self) -> None:
        """Begin a new file."""
        super().doRollover()
        os.chmod(self.baseFilename, 0o600)
        if self._follow:
            self.capture_output()

    def capture_output(self) -> None:
        """Let standard output and standard error of this process go to the file."""
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        if self.stream:
            for descriptor in (1, 2):
                os.dup2(self.stream.fileno(), descriptor)

    def handleError(self, record: logging.LogRecord) -> None:
        """Continue without the line: a disk that is full must not end the worker."""


def start_logging(file: Path) -> None:
    """Write log lines, and what the process prints, to `file`; a file that cannot be written costs only the log."""
    handlers: list[logging.Handler] = [logging.NullHandler()]
    try:
        handler = WorkerLogHandler(file, follow=not sys.stderr.isatty())
        if not sys.stderr.isatty():
            handler.capture_output()
        handlers = [handler]
    except OSError:
        pass
    logging.basicConfig(level=logging.INFO, format=FORMAT, handlers=handlers)
