"""The story of one launch."""

from enum import Enum

from msgspec import Struct

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


class Launch(Struct, frozen=True):
    """A launch from submit to ready; `problem` says why it will not get there, the log's end in its `detail`."""

    id: str
    cluster: str
    request: JobRequest
    steps: tuple[Step, ...]
    job: str = ""
    tunnel: str = ""
    problem: Problem | None = None

    @property
    def ready(self) -> bool:
        """Whether the server answered through the tunnel."""
        return bool(self.steps) and self.steps[-1].state is StepState.DONE

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.ready or self.problem is not None
