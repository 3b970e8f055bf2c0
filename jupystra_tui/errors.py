"""The errors that a user reads: what happened, and what to do next."""

from collections.abc import Sequence
from typing import Self

from jupystra_tui.model.action import Action
from jupystra_tui.model.layer import Layer


class JupystraError(Exception):
    """Something went wrong that we can name: `title` says what and why, `hint` what to do, `detail` all of it.

    `layer` is where it failed, None where that is not known. `action` is what the hint suggests, if a front end can say
    how to do it.
    """

    def __init__(
        self,
        title: str,
        hint: str = "",
        detail: str = "",
        layer: Layer | None = None,
        action: Action | None = None,
    ) -> None:
        super().__init__(title)
        self.title = title
        self.hint = hint
        self.detail = detail
        self.layer = layer
        self.action = action


class ConfigError(JupystraError):
    """A setting, a flag or a field of a form has a value that cannot be used."""


class ConnectError(JupystraError):
    """The cluster cannot be reached, or the connection to it broke."""


class NotSent(ConnectError):
    """The request did not reach the cluster: nothing happened there."""


class NoAnswer(ConnectError):
    """The request may have reached the cluster, and no answer came: it may have been carried out."""


class AuthError(JupystraError):
    """The cluster refused the login."""


class HostKeyError(JupystraError):
    """A host showed a key that we do not trust."""


class SchedulerError(JupystraError):
    """The scheduler refused, did not answer, or printed what we cannot read."""


class NotInQueue(SchedulerError):
    """There is nothing to kill of what was named."""

    @classmethod
    def of(cls, ids: Sequence[str]) -> Self:
        """Return the error for jobs of these ids."""
        which = f"Job {ids[0]} is not" if len(ids) == 1 else "None of these jobs is"
        return cls(
            f"{which} in the queue",
            "It has ended, is ending now, or is not yours: there is nothing to kill.",
        )


class MaybeSubmitted(SchedulerError):
    """The scheduler was asked to start a job, and it is not known whether it took it."""


class LaunchError(JupystraError):
    """A job was submitted, and its server will not come up."""


class TunnelError(JupystraError):
    """A tunnel could not be opened, or ended."""


class NoServerError(TunnelError):
    """A job is not there, or has no server to connect to."""


class WorkerError(JupystraError):
    """The worker process cannot be started, reached or understood."""


class GivenUp(JupystraError):
    """A person cancelled; nothing more is sent."""
