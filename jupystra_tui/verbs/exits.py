"""Exit statuses, and the errors that only verbs raise."""

from jupystra_tui import errors
from jupystra_tui.errors import JupystraError

OK = 0
NOT_FOUND = 1
USAGE = 2
CONNECTION = 3
CLUSTER_ERROR = 4
NO_TERMINAL = 5
OUTPUT_ERROR = 6
INTERRUPTED = 130
READER_CLOSED = 141

MEANINGS = (
    (OK, "done"),
    (
        NOT_FOUND,
        "not found: no such job, tunnel, log or worker; the job is still pending; a check of doctor failed",
    ),
    (USAGE, "invalid flag or setting"),
    (CONNECTION, "no login, or no connection to the cluster or the server"),
    (CLUSTER_ERROR, "the scheduler refused, or the job ended before its server was ready"),
    (NO_TERMINAL, "a prompt needs an answer, and there is no terminal"),
    (OUTPUT_ERROR, "standard output cannot be written"),
    (INTERRUPTED, "interrupted, or a prompt was canceled"),
    (READER_CLOSED, "the reader closed standard output early, for example `head`"),
)


class NotFound(JupystraError):
    """The job, tunnel, log or worker does not exist, or does not exist yet."""


class NoTerminal(JupystraError):
    """A prompt needs an answer, and there is no terminal to show it on."""


class OutputError(JupystraError):
    """Standard output cannot be written."""


class ReaderClosed(OutputError):
    """The reader closed standard output."""


_STATUS: tuple[tuple[type[JupystraError], int], ...] = (
    (NotFound, NOT_FOUND),
    (NoTerminal, NO_TERMINAL),
    (ReaderClosed, READER_CLOSED),
    (OutputError, OUTPUT_ERROR),
    (errors.NoServerError, NOT_FOUND),
    (errors.ConfigError, USAGE),
    (errors.GivenUp, INTERRUPTED),
    (errors.SchedulerError, CLUSTER_ERROR),
    (errors.LaunchError, CLUSTER_ERROR),
)


def status_of(error: JupystraError) -> int:
    """Return the exit status of an error."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), CONNECTION)
