"""The progress of a launch: its steps with their times, then the address of the server, or why it failed."""

from collections.abc import Sequence

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from jupystra_tui.model import JobState, Launch, Problem, Step, StepName, StepState, Tunnel
from jupystra_tui.model.address import plain_url
from jupystra_tui.model.units import show_clock, show_duration
from jupystra_tui.ui import clock
from jupystra_tui.ui.places import short_path
from jupystra_tui.ui.theme import Piece, content, lines

MARKS: dict[StepState, Piece] = {
    StepState.TODO: ("○", "faint"),
    StepState.NOW: ("◐", "accent"),
    StepState.DONE: ("√", "good"),
    StepState.FAILED: ("×", "bad"),
}
NAMES = {StepState.TODO: "dim", StepState.NOW: "strong", StepState.DONE: "", StepState.FAILED: "bad strong"}
TITLES = {
    StepName.SUBMIT: "submit job",
    StepName.WAIT: "wait for a node",
    StepName.START: "start Jupyter",
    StepName.TUNNEL: "open tunnel",
    StepName.ANSWER: "server answers",
}


class StepRow(Container):
    """One step: its name, its duration, and what it waits for."""

    DEFAULT_CSS = """
    StepRow { layout: horizontal; height: auto; }
    StepRow > .name { width: 20; height: auto; }
    StepRow > .took { width: 11; text-align: right; color: $dim; padding: 0 2 0 0; }
    StepRow > .text { width: 1fr; height: auto; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._what = Static(classes="name")
        self._how_long = Static(classes="took")
        self._why = Static(classes="text")

    def compose(self) -> ComposeResult:
        """Return the three."""
        yield from (self._what, self._how_long, self._why)

    def show(self, step: Step) -> None:
        """Show the state of the step."""
        self._what.update(content(MARKS[step.state], (f" {TITLES[step.name]}", NAMES[step.state])))
        self._how_long.update(Content(took(step, clock.now())))
        self._why.update(content((step.text, "" if step.state is StepState.NOW else "dim")))
        self._why.display = bool(step.text)


class LaunchProgress(VerticalScroll):
    """Shows one launch."""

    DEFAULT_CSS = """
    LaunchProgress { scrollbar-size-vertical: 1; }
    LaunchProgress #steps { height: auto; margin-top: 1; }
    LaunchProgress #end { height: auto; margin: 1 0; }
    LaunchProgress #log {
        height: 1fr; min-height: 5; border-top: solid $border-blurred; border-title-color: $dim;
        scrollbar-size-vertical: 1; display: none;
    }
    LaunchProgress #log:focus { border-top: solid $border; }
    LaunchProgress #log > Static { height: auto; }
    """

    def __init__(self) -> None:
        super().__init__(id="progress", classes="framed main")
        self.browser_key = "o"
        self._launch: Launch | None = None

    def compose(self) -> ComposeResult:
        """Return steps, end and log."""
        yield Vertical(id="steps")
        yield Static(id="end")
        with VerticalScroll(id="log"):
            yield Static(id="lines", markup=False)

    async def show(self, launch: Launch | None, tunnels: Sequence[Tunnel], job: JobState) -> None:
        """Show a launch, None before the worker has reported it; `job` is the current state of its job."""
        self._launch = launch
        steps = launch.steps if launch else (Step(StepName.SUBMIT, StepState.NOW),)
        rows = list(self.query(StepRow))
        if len(rows) != len(steps):
            await self.query_one("#steps").remove_children()
            rows = [StepRow() for _ in steps]
            await self.query_one("#steps").mount_all(rows)
        for row, step in zip(rows, steps, strict=True):
            row.show(step)
        problem = launch.problem if launch else None
        self.query_one("#end", Static).update(self._end(launch, tunnels, job))
        self._show_log(problem.detail if problem else "", bool(launch and launch.job))

    def _end(self, launch: Launch | None, tunnels: Sequence[Tunnel], job: JobState) -> Content:
        if launch is None:
            return Content("")
        if launch.problem:
            return _failure(launch.problem)
        if not launch.ready:
            return content(("The launch continues if you leave this screen.", "dim"))
        if job.finished:
            return content(("○ The job has ended: ", "strong"), (job.value, "strong"))
        where = address(launch, tunnels)
        return lines(
            (("● ready", "good strong"), (" at " if where else "", ""), (where, "accent")),
            ((f"It opens in your browser; {self.browser_key} opens it again.", "dim"),),
            *(
                [(("From another computer: ", "dim"), (short_path(launch.script), ""))]
                if launch.script
                else []
            ),
        )

    def _show_log(self, text: str, from_job: bool) -> None:
        log = self.query_one("#log", VerticalScroll)
        log.border_title = " last lines of the log " if from_job else " details "
        log.display = bool(text)
        if text:
            self.query_one("#lines", Static).update(Content(text))
            self.call_after_refresh(log.scroll_end, animate=False)
            if self.has_focus:
                self.call_after_refresh(log.focus)

    def tick(self) -> None:
        """Update the seconds of the current step."""
        if self._launch:
            for row, step in zip(self.query(StepRow), self._launch.steps, strict=False):
                if step.state is StepState.NOW:
                    row.show(step)


LOST = Problem(
    "The worker ended during this launch",
    "A submitted job continues: it is in the list of jobs, and you can connect to it there.",
)


def cut_short(launch: Launch) -> Launch:
    """Return the launch with its state when its worker ended."""
    return launch if launch.over else replace(launch, problem=LOST)


def took(step: Step, now: float) -> str:
    """Return how long a step took, or has taken so far; empty if it has not started."""
    if not step.began:
        return ""
    seconds = max(0.0, (step.ended or now) - step.began)
    if step.ended and seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return show_duration(seconds) if seconds >= 1 else ""
    return show_clock(seconds)


def address(launch: Launch, tunnels: Sequence[Tunnel]) -> str:
    """Return the address of the server on this laptop, without its token."""
    tunnel = next((tunnel for tunnel in tunnels if tunnel.id == launch.tunnel), None)
    return plain_url(tunnel.local_port) if tunnel else ""


def _failure(problem: Problem) -> Content:
    rows = [(("× ", "bad"), (problem.title, "bad strong")), ((problem.hint, ""),)]
    return lines(*(row for row in rows if row[-1][0]))
