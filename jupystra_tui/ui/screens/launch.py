"""Starting a server: the form, the script beside it, and the story of the launch."""

import asyncio
from collections.abc import Iterable

from textual import work
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget

from jupystra_tui import protocol
from jupystra_tui.errors import JupystraError
from jupystra_tui.model import Job, JobRequest, JobState, Launch, Problem
from jupystra_tui.ui import server_actions
from jupystra_tui.ui.kill_confirmation import confirm_kill
from jupystra_tui.ui.screens.launch_form import LaunchForm
from jupystra_tui.ui.screens.launch_script import ScriptPane
from jupystra_tui.ui.screens.launch_story import LaunchStory, cut_short
from jupystra_tui.ui.screens.paned import PanedScreen

DEBOUNCE = 0.15


class LaunchScreen(PanedScreen):
    """A form until the job is sent, then the story of its launch; a launch that failed leads back to the form."""

    CSS = """
    LaunchScreen #columns { height: 1fr; }
    LaunchScreen #columns > .framed { width: 1fr; height: 100%; }
    LaunchScreen.-wide #form, LaunchScreen.-wide #story { width: 68; }
    LaunchScreen #form { padding: 0 1 0 0; }
    LaunchScreen #story { display: none; }
    LaunchScreen.-story #form { display: none; }
    LaunchScreen.-story #story { display: block; }
    LaunchScreen #field-server { margin-top: 1; }
    LaunchScreen #more { margin: 1 0 0 11; }
    LaunchScreen.-tall Field, LaunchScreen.-tall #field-server { margin: 0 0 1 0; }
    LaunchScreen.-tall #more { margin: 0 0 1 11; }
    LaunchScreen.-tall #form { padding-top: 1; }
    LaunchScreen.-narrow #pane, LaunchScreen.-slim #pane { display: none; }
    LaunchScreen.-narrow.-script, LaunchScreen.-slim.-script {
        & #pane { display: block; }
        & #form, & #story { display: none; }
    }
    LaunchScreen.-slim Field {
        layout: grid; grid-size: 2; grid-columns: 11 1fr; grid-rows: auto;
        & > Input, & > Picker { width: 100%; }
        & > .remark { column-span: 2; padding-left: 11; }
    }
    LaunchScreen.-slim #field-setup { height: 3; grid-rows: 3; }
    LaunchScreen.-slim StepRow {
        layout: grid; grid-size: 2; grid-columns: 1fr 11; grid-rows: auto;
        & > .name { width: 100%; }
        & > .text { column-span: 2; padding-left: 2; }
    }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (60, "-narrow"), (104, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (36, "-tall")]
    BINDINGS = [
        Binding("ctrl+s", "start", "Start", tooltip="Send the job and follow its launch", id="start"),
        Binding("o", "browser", "Browser", tooltip="Open the server in the browser", id="browser"),
        Binding("e", "change", "Change", tooltip="Back to the form, with all that was typed", id="change"),
        Binding("l", "log", "Log", tooltip="Read the end of the job's log", id="log"),
        Binding("k", "kill", "Kill", tooltip="End the job; asks first", id="kill"),
        Binding(
            "ctrl+t", "script", "Script", tooltip="Show the batch script, or the form again", id="script"
        ),
        Binding("ctrl+o", "more", "More", tooltip="Show the fields that are seldom changed", id="more"),
        Binding("escape", "leave", "Back", tooltip="Leave; a launch goes on", id="back"),
    ]
    AUTO_FOCUS = "#walltime"

    def __init__(self, *, at_once: bool = False) -> None:
        super().__init__()
        self._at_once = at_once
        self._launch_id = ""
        self._seen: Launch | None = None
        self._sending = False
        self._story = LaunchStory()
        self._script = ScriptPane()

    def body(self) -> Iterable[Widget]:
        """Lay out form or story, and script."""
        session = self.app.session
        order = self.app.order
        request = order.request(session.cluster.defaults if session else JobRequest())
        form = LaunchForm(request, session.partitions if session else (), exact="walltime" in order.given)
        form.border_title = self._story.border_title = Content(f"Launch on {self._cluster}")
        self._story.browser_key = self.app.keys("browser")
        yield Horizontal(form, self._story, self._script, id="columns")

    @property
    def _cluster(self) -> str:
        return self.app.cluster.name if self.app.cluster else ""

    @property
    def _form(self) -> LaunchForm:
        return self.query_one(LaunchForm)

    @property
    def _launch(self) -> Launch | None:
        """The launch as it was last told; one that nobody tells of any more was cut short."""
        told = self.app.launches.get(self._launch_id)
        return told or (cut_short(self._seen) if self._seen else None)

    @property
    def _job(self) -> Job:
        """The launch's job as the queue has it; pending while the queue has not."""
        key, name = (self._launch.job, self._launch.request.name) if self._launch else ("", "")
        jobs = self.app.snapshot.jobs if self.app.snapshot else ()
        return next((job for job in jobs if job.key == key), Job(key, key, name, JobState.PENDING))

    @property
    def _telling(self) -> bool:
        return self.has_class("-story")

    def tells(self, launch: str) -> bool:
        """Return whether this screen tells the story of that launch."""
        return self._telling and self._launch_id == launch

    def on_mount(self) -> None:
        """Follow the cluster and the launch."""
        self.follow("session", self._take_session)
        self.follow("launches", self._tell)
        self.follow("tunnels", self._tell)
        self.follow("snapshot", self._tell)
        if self._at_once:
            self.call_after_refresh(self.action_start)

    def _take_session(self) -> None:
        if self.app.session:
            self._form.take_partitions(self.app.session.partitions)

    def on_launch_form_changed(self) -> None:
        """Ask what would be sent now; the latest question wins."""
        self._preview()

    @work(group="preview", exclusive=True, exit_on_error=False)
    async def _preview(self) -> None:
        await asyncio.sleep(DEBOUNCE)
        request = self._form.reading.request
        if request is None:
            self._script.wait("a field is wrong")
            return
        try:
            await self._ask_preview(request)
        except JupystraError as error:
            self._script.fail(Problem(error.title, error.hint))

    async def _ask_preview(self, request: JobRequest) -> protocol.Previewed:
        outcome = await self.app.request(protocol.Preview(self._cluster, request))
        self.call_later(self._show_preview, outcome)
        return outcome

    def _show_preview(self, preview: protocol.Previewed) -> None:
        if self._telling:
            return  # the script that was sent stays
        self._form.take_problems(preview.problems)
        self._script.show(preview.script, self._form.homeless(preview.problems))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what the form, or the launch as it stands, allows."""
        launch = self._launch
        match action:
            case "start" | "more":
                return not self._telling
            case "script":
                return not self.has_class("-wide")
            case "browser":
                return self._telling and launch is not None and launch.ready and not self._job.state.finished
            case "change":
                return self._telling and launch is not None and launch.problem is not None
            case "log":
                return self._telling and launch is not None and bool(launch.job)
            case "kill":
                alive = not self._job.state.finished
                return (
                    self._telling and launch is not None and bool(launch.job) and not launch.problem and alive
                )
        return True

    def action_start(self) -> None:
        """Send the job, unless a field is wrong or it is being sent; the foot of the form says so."""
        self.remove_class("-script")
        request = self._form.reading.request
        if self._sending or self._form.focus_wrong() or request is None:
            return
        self._sending = True
        self._form.border_subtitle = Content("◐ sending …")
        self.app.attempt(self._send(request), "sending the job")

    async def _send(self, request: JobRequest) -> None:
        """Ask for a last look, then start; goes on when the screen is left, which then hears no more of it."""
        try:
            preview = await self._ask_preview(request)
            refused = [problem for problem in preview.problems if not problem.warning]
            if refused:
                self.call_later(self._refuse, refused[0])
                return
            start = protocol.Start(self._cluster, request, self.app.order.script, preview.tag)
            outcome = await self.app.request(start)
            self.app.follow_launch(outcome.launch)
            self.call_later(self._open_story, outcome)
        finally:
            self.call_later(self._sent)

    def _sent(self) -> None:
        # After what was put off above: until the story is open another ^s must not send a second job.
        self._sending = False
        if not self._form.has_class("-refused"):
            self._form.refuse()

    def _refuse(self, problem: Problem) -> None:
        if not self._form.focus_wrong():
            self._form.refuse(problem.title)
            self.app.show_problem(problem)

    def _open_story(self, started: protocol.Started) -> None:
        self._launch_id, self._seen = started.launch, None
        if started.sent:
            self._script.show(started.sent)
        self.add_class("-story")
        self._focus_what_is_shown()
        self._tell()

    def _tell(self) -> None:
        self._seen = self._launch
        if self._telling:
            self.call_later(self._story.show, self._launch, self.app.tunnels, self._job.state)
            self._script.border_title = "What was sent"
            job = self._launch.job if self._launch else ""
            title = f"Launch on {self._cluster}" + (f" · job {job}" if job else "")
            self._story.border_title = Content(title)
            self.refresh_bindings()

    def tick(self) -> None:
        """Count the seconds."""
        if self._telling:
            self._story.tick()

    def action_script(self) -> None:
        """Show the script instead of form or story, or these again."""
        self.toggle_class("-script")
        self._focus_what_is_shown()

    def _focus_what_is_shown(self) -> None:
        if self.has_class("-script"):
            self.set_focus(self._script)
        elif self._telling:
            self.set_focus(self._story)
        else:
            self._form.focus_first()

    def action_more(self) -> None:
        """Unfold the form, or fold it."""
        self._form.toggle()

    def action_change(self) -> None:
        """Go back to the form."""
        self.remove_class("-story", "-script")
        self._script.border_title = "What will be sent"
        launch = self._launch
        if launch and launch.problem:
            # A warning, no bar: the cause may lie elsewhere, and be mended there.
            self._form.take_problems((launch.problem,), "warn")
        self._focus_what_is_shown()
        self.refresh_bindings()

    def action_leave(self) -> None:
        """Leave the screen; from a launch that failed, to the form."""
        if self.has_class("-script"):
            self.action_script()
        elif self.check_action("change", ()):
            self.action_change()
        else:
            self.dismiss()

    def action_browser(self) -> None:
        """Open the server in the browser."""
        if self._launch:
            server_actions.open_browser(self.app, self._launch.tunnel)

    def action_log(self) -> None:
        """Read the log."""
        self.app.open_log(self._job)

    def action_kill(self) -> None:
        """Ask, then end the job."""
        job = self._job
        tunnel = next((tunnel for tunnel in self.app.tunnels if tunnel.job == job.key), None)
        confirm_kill(self.app, self._cluster, job, tunnel)
