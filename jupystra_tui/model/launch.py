"""The story of one launch."""

from enum import Enum
from typing import Any

from msgspec import Struct, structs

from jupystra_tui.model.request import JobRequest, Problem


class StepState(Enum):
    """How far one step of a launch is."""

    TODO = "to do"
    NOW = "now"
    DONE = "done"
    FAILED = "failed"


class Step(Struct, frozen=True):
    """One line of the story; `began` and `ended` in seconds since 1970, 0 where it has not."""

    name: str
    state: StepState = StepState.TODO
    text: str = ""
    began: float = 0.0
    ended: float = 0.0


class Order(Struct, frozen=True):
    """What the command line wants started: as soon as the login is done with `at_once`, else from the form.

    `given` are the fields of a JobRequest that it sets. `looks` is how many looks at the queue the job may wait before
    the person is asked, 0 for no end; `script` is whether a connect script is written.
    """

    given: dict[str, Any] = {}
    at_once: bool = False
    looks: int = 0
    script: bool = True

    def request(self, defaults: JobRequest) -> JobRequest:
        """Return the request on a cluster with these defaults; what is set up comes after what is set up there."""
        setup = (*defaults.setup, *self.given.get("setup", ()))
        return structs.replace(defaults, **{**self.given, "setup": setup})


class Launch(Struct, frozen=True):
    """A launch from submit to ready; `problem` says why it will not get there, the log's end in its `detail`.

    `log` is where the job's log lies on the cluster, once it is submitted; `script` is the connect script on this
    laptop, once it is written.
    """

    id: str
    cluster: str
    request: JobRequest
    steps: tuple[Step, ...]
    job: str = ""
    tunnel: str = ""
    problem: Problem | None = None
    log: str = ""
    script: str = ""

    @property
    def ready(self) -> bool:
        """Whether the server answered through the tunnel."""
        return bool(self.steps) and self.steps[-1].state is StepState.DONE

    @property
    def waiting(self) -> bool:
        """Whether the job is submitted and waits for a node."""
        if not self.job or self.over:
            return False
        return any(step.name == "wait" and step.state is StepState.NOW for step in self.steps)

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.ready or self.problem is not None
