"""One launch and its steps."""

from enum import Enum
from typing import Any

from msgspec import Struct, structs

from jupystra_tui.model.request import JobRequest, Problem


class StepName(Enum):
    """The steps of a launch, in their order."""

    SUBMIT = "submit"
    WAIT = "wait"
    START = "start"
    TUNNEL = "tunnel"
    ANSWER = "answer"


class StepState(Enum):
    """The progress of one step of a launch."""

    TODO = "to do"
    NOW = "now"
    DONE = "done"
    FAILED = "failed"


class Step(Struct, frozen=True):
    """One step of a launch; `began` and `ended` in seconds since 1970, 0 where it has not."""

    name: StepName
    state: StepState = StepState.TODO
    text: str = ""
    began: float = 0.0
    ended: float = 0.0


class Order(Struct, frozen=True):
    """What the command line requests: started right after the login with `at_once`, else from the form.

    `given` are the fields of a JobRequest that it sets. `poll_limit` is how many polls of the queue the job may wait
    before the user is prompted, 0 for no limit; `script` is whether a connect script is written.
    """

    given: dict[str, Any] = {}
    at_once: bool = False
    poll_limit: int = 0
    script: bool = True

    def request(self, defaults: JobRequest) -> JobRequest:
        """Return the request on a cluster with these defaults; its set-up lines follow theirs."""
        setup = (*defaults.setup, *self.given.get("setup", ()))
        return structs.replace(defaults, **{**self.given, "setup": setup})


class Launch(Struct, frozen=True):
    """A launch from submit to ready; `problem` says why it failed, with the end of the log in its `detail`.

    `log` is the path of the job's log on the cluster, once it is submitted; `script` is the path of the connect script
    on this laptop, once it is written.
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
        """Whether the server answers through the tunnel."""
        return bool(self.steps) and self.steps[-1].state is StepState.DONE

    @property
    def waiting(self) -> bool:
        """Whether the job is submitted and pending."""
        if not self.job or self.over:
            return False
        return any(step.name is StepName.WAIT and step.state is StepState.NOW for step in self.steps)

    @property
    def over(self) -> bool:
        """Whether the launch is finished."""
        return self.ready or self.problem is not None
