"""How a login and a launch go, on standard error: each step as soon as it is known, and once."""

from collections.abc import Iterator
from contextlib import contextmanager

from jupystra_tui.model import Launch, Session, StepName, StepState
from jupystra_tui.verbs.output import say


class Progress:
    """Tells of the steps of the clusters and launches in `follows`; of nothing when `quiet`."""

    def __init__(self, *, quiet: bool) -> None:
        self.follows: set[str] = set()
        self._quiet = quiet
        self._login: tuple[str, ...] = ()
        self._said: dict[StepName, str] = {}
        self._held: list[str] | None = None

    def login(self, cluster: str, known: tuple[str, ...]) -> None:
        """Follow a login from here on: `known` are its steps so far."""
        self.follows.add(cluster)
        self._login = known

    def session(self, session: Session) -> None:
        """Tell of the steps of a login that are new."""
        steps = session.steps
        if session.cluster.name not in self.follows or steps == self._login:
            return
        fresh = steps[len(self._login) :] if steps[: len(self._login)] == self._login else steps
        self._login = steps
        for step in fresh:
            self._say(f"{session.cluster.name}: {step}")

    def launch(self, launch: Launch) -> None:
        """Tell of the steps of a launch that moved on."""
        if launch.id not in self.follows:
            return
        for step in launch.steps:
            told = step.text if step.state in (StepState.NOW, StepState.DONE) else ""
            if told and self._said.get(step.name) != told:
                self._said[step.name] = told
                self._say(f"{step.name.value}: {told}")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Write nothing into a question that stands on the terminal: what is new comes after it."""
        held: list[str] = []
        self._held = held
        try:
            yield
        finally:
            self._held = None
            for sentence in held:
                self._say(sentence)

    def _say(self, sentence: str) -> None:
        if self._held is not None:
            self._held.append(sentence)
        elif not self._quiet:
            say(sentence)
