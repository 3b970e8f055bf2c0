"""How a verb ends: the exit statuses, and the errors that only verbs have."""

from jupystra_tui import errors
from jupystra_tui.errors import JupystraError

FINE = 0
NOTHING = 1
USAGE = 2
CONNECTION = 3
CLUSTER = 4
QUESTION = 5
UNWRITABLE = 6
INTERRUPTED = 130
PIPE = 141

MEANINGS = (
    (FINE, "done"),
    (NOTHING, "not there: no such job, tunnel, log or worker; the job still waits; a check of doctor failed"),
    (USAGE, "a flag or a setting cannot be used"),
    (CONNECTION, "no login, or no connection to the cluster or the server"),
    (CLUSTER, "the scheduler refused, or the job ended before its server was up"),
    (QUESTION, "a question needs an answer, and there is no terminal to ask on"),
    (UNWRITABLE, "standard output cannot be written"),
    (INTERRUPTED, "interrupted, or a question was given up"),
    (PIPE, "nobody reads on: standard output was closed early, as by `head`"),
)


class NotThere(JupystraError):
    """What a verb is about does not exist, or not yet."""


class NeedsAnswer(JupystraError):
    """A question is open, and nobody can be asked."""


class Unwritable(JupystraError):
    """Standard output takes nothing."""


class NobodyReads(Unwritable):
    """Who reads our standard output has read enough."""


_STATUS: tuple[tuple[type[JupystraError], int], ...] = (
    (NotThere, NOTHING),
    (NeedsAnswer, QUESTION),
    (NobodyReads, PIPE),
    (Unwritable, UNWRITABLE),
    (errors.NoServerError, NOTHING),
    (errors.ConfigError, USAGE),
    (errors.GivenUp, INTERRUPTED),
    (errors.SchedulerError, CLUSTER),
    (errors.LaunchError, CLUSTER),
)


def status_of(error: JupystraError) -> int:
    """Return the exit status for an error."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), CONNECTION)
