"""Progress of logins and launches on standard error: each step once, as soon as it is known."""

from collections.abc import Iterator
from contextlib import contextmanager

from jupystra_tui.model import Launch, Session, StepName, StepState
from jupystra_tui.verbs.output import print_message


class Progress:
    """Prints the steps of the clusters and launches in `follows`; prints nothing when `quiet`."""

    def __init__(self, *, quiet: bool) -> None:
        self.follows: set[str] = set()
        self._quiet = quiet
        self._login: tuple[str, ...] = ()
        self._printed: dict[StepName, str] = {}
        self._paused: list[str] | None = None

    def login(self, cluster: str, known: tuple[str, ...]) -> None:
        """Follow a login; `known` are the steps that are not printed again."""
        self.follows.add(cluster)
        self._login = known

    def session(self, session: Session) -> None:
        """Print the new steps of a login."""
        steps = session.steps
        if session.cluster.name not in self.follows or steps == self._login:
            return
        fresh = steps[len(self._login) :] if steps[: len(self._login)] == self._login else steps
        self._login = steps
        for step in fresh:
            self._print(f"{session.cluster.name}: {step}")

    def launch(self, launch: Launch) -> None:
        """Print the steps of a launch that changed."""
        if launch.id not in self.follows:
            return
        for step in launch.steps:
            text = step.text if step.state in (StepState.NOW, StepState.DONE) else ""
            if text and self._printed.get(step.name) != text:
                self._printed[step.name] = text
                self._print(f"{step.name.value}: {text}")

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Print nothing while a question is open on the terminal; print the new steps afterwards."""
        paused: list[str] = []
        self._paused = paused
        try:
            yield
        finally:
            self._paused = None
            for sentence in paused:
                self._print(sentence)

    def _print(self, sentence: str) -> None:
        if self._paused is not None:
            self._paused.append(sentence)
        elif not self._quiet:
            print_message(sentence)
