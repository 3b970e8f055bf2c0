"""The progress of a login: its steps as they happen, and why it failed."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from jupystra_tui.model import Problem, Session, SessionPhase
from jupystra_tui.model.units import show_duration
from jupystra_tui.ui import clock
from jupystra_tui.ui.keys import keys_of
from jupystra_tui.ui.screens.dialog import Choice
from jupystra_tui.ui.theme import Pieces, lines

HINT_SECONDS = 5.0
IN_PROGRESS = (SessionPhase.CONNECTING, SessionPhase.LOST)


class LoginProgress(VerticalScroll, can_focus=False):
    """The steps of one session; hidden until there are any."""

    DEFAULT_CSS = """
    LoginProgress { display: none; height: auto; max-height: 14; scrollbar-size-vertical: 1; }
    LoginProgress Static { height: auto; }
    LoginProgress #problem { margin: 1 0 0 0; }
    LoginProgress Choice { margin-top: 1; }
    """

    def __init__(self) -> None:
        super().__init__(classes="framed")
        self._session: Session | None = None
        self._since = 0.0
        self._steps = Static(id="steps")
        self._problem = Static(id="problem")
        self._details = Choice("more", "details")

    def compose(self) -> ComposeResult:
        """Return steps and problem."""
        yield from (self._steps, self._problem, self._details)

    def show(self, session: Session | None) -> None:
        """Show the steps of `session`."""
        if self._session is None or session is None or self._session.steps != session.steps:
            self._since = clock.now()
        self._session = session
        self.display = session is not None
        if session is None:
            return
        self.border_title = Content(session.cluster.name)
        problem = failure(session)
        self._problem.display = problem is not None
        self._details.display = bool(problem and problem.detail)
        if problem:
            self._problem.update(lines((("× ", "bad"), (problem.title, "bad strong")), ((problem.hint, ""),)))
        self.tick()
        self.scroll_end(animate=False)

    def tick(self) -> None:
        """Update the seconds of the current step."""
        if self._session:
            self._steps.update(lines(*steps(self._session, clock.now() - self._since, keys_of(self)("back"))))


def failure(session: Session) -> Problem | None:
    """Return why a login failed, None unless it has."""
    return session.problem if session.phase is SessionPhase.DOWN else None


def steps(session: Session, took: float, stop: str = "esc") -> list[Pieces]:
    """Return a line for each step; `took` is the seconds since the last one came, `stop` the key that stops it."""
    rows: list[Pieces] = [(("√ ", "good"), (step, "dim")) for step in session.steps[:-1]]
    last = session.steps[-1] if session.steps else "contacting the worker"
    match session.phase:
        case SessionPhase.UP:
            rows.append((("√ ", "good"), (last, "dim")))
        case SessionPhase.DOWN:
            rows.append((("× ", "bad"), (last, "")))
        case SessionPhase.WAITING:
            rows.append((("◐ ", "warn"), (last, ""), ("  waiting for your answer", "warn")))
        case _:
            seconds = f"  {show_duration(took)}" if took >= 1 else ""
            hint = f", {stop} stops" if took >= HINT_SECONDS else ""
            rows.append((("◐ ", "accent"), (f"{last} …", ""), (f"{seconds}{hint}", "dim")))
    return rows
