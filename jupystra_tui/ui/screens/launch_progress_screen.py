"""The screen that shows the progress of a launch, and the script that was submitted."""

from collections.abc import Mapping

from textual.content import Content

from jupystra_tui.model import Job, JobState, Launch
from jupystra_tui.options import texts_of
from jupystra_tui.ui import server_actions
from jupystra_tui.ui.commands import bindings
from jupystra_tui.ui.enabled import LaunchSelection, enabled
from jupystra_tui.ui.kill_confirmation import confirm_kill
from jupystra_tui.ui.screens.launch_progress import LaunchProgress, cut_short
from jupystra_tui.ui.screens.scripted import ScriptedScreen


class LaunchProgressScreen(ScriptedScreen):
    """Follows one launch; after a failure the user can return to the form.

    `script` is the submitted script, empty if not known. `texts` is what was typed in the form, None for a launch that
    was not started from a form.
    """

    CSS = """
    LaunchProgressScreen.-slim StepRow {
        layout: grid; grid-size: 2; grid-columns: 1fr 11; grid-rows: auto;
        & > .name { width: 100%; }
        & > .text { column-span: 2; padding-left: 2; }
    }
    """
    where = "launch progress"
    BINDINGS = bindings("launch progress")
    AUTO_FOCUS = "#progress"

    def __init__(
        self, launch: str, cluster: str, script: str = "", texts: Mapping[str, str] | None = None
    ) -> None:
        super().__init__("Batch script (submitted)", script)
        self._launch_id = launch
        self._cluster = cluster
        self._texts = texts
        self._last: Launch | None = None
        self._progress = LaunchProgress()
        self.set_class(not script, "-without-script")

    def main_pane(self) -> LaunchProgress:
        """Return the steps."""
        self._progress.browser_key = self.app.keys("browser")
        return self._progress

    @property
    def _launch(self) -> Launch | None:
        """The launch as last reported; if the worker no longer reports it, as interrupted."""
        reported = self.app.launches.get(self._launch_id)
        return reported or (cut_short(self._last) if self._last else None)

    @property
    def _job(self) -> Job:
        """The launch's job in the queue; pending where the queue does not list it."""
        key, name = (self._launch.job, self._launch.request.name) if self._launch else ("", "")
        jobs = self.app.snapshot.jobs if self.app.snapshot else ()
        return next((job for job in jobs if job.key == key), Job(key, key, name, JobState.PENDING))

    @property
    def selection(self) -> LaunchSelection:
        """The launch and its job."""
        return LaunchSelection(
            self._launch, self._job.state, script=bool(self.script.text), beside=self.has_class("-wide")
        )

    def follows(self, launch: str) -> bool:
        """Return whether this screen shows the progress of that launch."""
        return self._launch_id == launch

    def on_mount(self) -> None:
        """Update when the launch changes."""
        for name in ("launches", "tunnels", "snapshot"):
            self.follow(name, self._show)

    def _show(self) -> None:
        self._last = self._launch
        self.call_later(self._progress.show, self._launch, self.app.tunnels, self._job.state)
        job = self._launch.job if self._launch else ""
        title = f"Launch on {self._cluster}" + (f" · job {job}" if job else "")
        self._progress.border_title = Content(title)
        self.refresh_bindings()

    def focus_main(self) -> None:
        """Focus the steps."""
        self.set_focus(self._progress)

    def tick(self) -> None:
        """Update the seconds of the current step."""
        self._progress.tick()

    def action_change(self) -> None:
        """Return to the form, filled as it was."""
        launch = self._launch
        if launch:
            texts = self._texts or texts_of(launch.request)
            self.app.edit_launch(texts, launch.problem)

    def action_back(self) -> None:
        """Return from the script to the steps, from a launch that failed to the form, or close the screen."""
        if self.shows_script:
            self.show_main()
        elif enabled("change", self.selection):
            self.action_change()
        else:
            self.dismiss()

    def action_browser(self) -> None:
        """Open the server in the browser."""
        if self._launch:
            server_actions.open_browser(self.app, self._launch.tunnel)

    def action_log(self) -> None:
        """Show the log."""
        self.app.open_log(self._job)

    def action_kill(self) -> None:
        """Kill the job after a confirmation."""
        job = self._job
        tunnel = next((tunnel for tunnel in self.app.tunnels if tunnel.job == job.key), None)
        confirm_kill(self.app, self._cluster, job, tunnel)
