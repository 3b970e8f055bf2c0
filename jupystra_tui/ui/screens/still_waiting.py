"""The dialog shown when a job is still pending after as many polls as `--count` allows."""

from collections.abc import Iterable

from textual import getters
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from jupystra_tui.model import Launch, StepName
from jupystra_tui.model.units import show_duration
from jupystra_tui.ui import clock
from jupystra_tui.ui.dashboard import Dashboard
from jupystra_tui.ui.screens.dialog import Choice, Dialog


class StillWaiting(Dialog[str]):
    """Asks what to do: `wait` (the default), `leave` the job in the queue, or `kill` it; closes when the job starts."""

    app = getters.app(Dashboard)

    def __init__(self, launch: Launch, polls: int) -> None:
        super().__init__(classes="-warning")
        self.heading = "Still pending"
        self._launch = launch
        self._polls = polls

    def body(self) -> Iterable[Widget]:
        """Return the job, how long it has been pending, and why."""
        launch = self._launch
        step = next(step for step in launch.steps if step.name is StepName.WAIT)
        polls = "1 poll" if self._polls == 1 else f"{self._polls} polls"
        took = show_duration(clock.now() - step.began)
        yield Static(Content.assemble((launch.job, "$primary"), " ", (launch.request.name, "bold")), id="job")
        yield Static(
            f"It has been pending for {polls} of the queue, {took}.",
            classes="" if step.text else "gap",
            markup=False,
        )
        if step.text:
            yield Static(step.text, id="why", classes="gap dim", markup=False)

    def choices(self) -> Iterable[Choice]:
        """Return wait, leave and kill."""
        yield Choice("wait", "keep waiting", "wait")
        yield Choice("unfollow", "leave it in the queue, and connect later", "leave")
        yield Choice("killpending", f"kill {self._launch.job}", "kill")

    def on_mount(self) -> None:
        """Follow the launch."""
        self.watch(self.app, "state", self._follow, init=False)

    def on_screen_resume(self) -> None:
        """Close if the job started while another dialog was open."""
        self._follow()

    def _follow(self) -> None:
        launch = self.app.launches.get(self._launch.id)
        if self.is_current and not (launch and launch.waiting):
            self.app.stray_keys.guard()
            self.dismiss("wait")

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        """Answer."""
        self.dismiss(event.choice.value)

    def action_back(self) -> None:
        """Keep waiting."""
        self.dismiss("wait")
