"""Which part of the way from the laptop to a server failed."""

from enum import Enum

from msgspec import Struct

from jupystra_tui.model.job import JobState


class Layer(Enum):
    """A part of the way, from the laptop outward; the value is what failed, in plain words."""

    LAPTOP_OFFLINE = "this laptop is offline"
    NETWORK = "no network connection to the login node"
    LOGIN_REFUSED = "the login node refused the login"
    NODE_UNREACHABLE = "the compute node cannot be reached"
    NODE_REFUSES_SSH = "the compute node refuses ssh"
    FORWARDING_FORBIDDEN = "the login node forbids port forwarding"
    SERVER_GONE = "the server on the compute node does not answer"
    FOREIGN_SERVER = "another server answers at the port"
    JOB_ENDED = "its job has ended"
    JOB_REQUEUED = "its job was requeued"
    JOB_PENDING = "its job is pending"

    @property
    def hint(self) -> str:
        """What happens next, or what the user can do."""
        return _HINTS[self]


_HINTS = {
    Layer.LAPTOP_OFFLINE: "It reconnects by itself once the network is back.",
    Layer.NETWORK: "It reconnects by itself once the login node answers.",
    Layer.LOGIN_REFUSED: "Log in again.",
    Layer.NODE_UNREACHABLE: "It is retried automatically while the job runs.",
    Layer.NODE_REFUSES_SSH: "The site may allow ssh only to nodes where one of your jobs runs, or to none: ask it.",
    Layer.FORWARDING_FORBIDDEN: "Ask the site how to reach a server on a compute node.",
    Layer.SERVER_GONE: "The job still runs; its log may say what happened to the server.",
    Layer.FOREIGN_SERVER: "Nothing was sent to it. The server of your job may have ended, or use another port.",
    Layer.JOB_ENDED: "Start another job.",
    Layer.JOB_REQUEUED: "It reconnects automatically when the job runs.",
    Layer.JOB_PENDING: "It connects by itself once the job runs.",
}


class Evidence(Struct, frozen=True):
    """What is known when a tunnel or a session ended, or does not answer.

    `online` is whether this laptop has a route to the login node, `session_up` whether the session is connected and
    answers, `login_refused` whether the login node turned the user away. `job` is the job's state as last seen, None
    where the scheduler has not told; `ran` is whether the job was seen running before. `route` is what the way to the
    compute node said of itself, `server` what the answer at the forwarded port means; None where they said nothing.
    """

    online: bool = True
    session_up: bool = True
    login_refused: bool = False
    job: JobState | None = None
    ran: bool = True
    route: Layer | None = None
    server: Layer | None = None


def failed_layer(known: Evidence) -> Layer:
    """Return the layer that failed: the nearest one that explains all that is known."""
    if known.job is not None and known.job.finished:
        return Layer.JOB_ENDED  # no later report changes that
    if not known.session_up:
        if known.login_refused and known.online:
            return Layer.LOGIN_REFUSED
        return Layer.NETWORK if known.online else Layer.LAPTOP_OFFLINE
    if known.job is JobState.PENDING:
        return Layer.JOB_REQUEUED if known.ran else Layer.JOB_PENDING
    return known.route or known.server or Layer.NODE_UNREACHABLE
