"""The screen that starts a server: a form, and the batch script that it generates."""

import asyncio
from collections.abc import Mapping

from textual import work
from textual.content import Content

from jupystra_tui import protocol
from jupystra_tui.errors import JupystraError
from jupystra_tui.model import JobRequest, Problem
from jupystra_tui.ui.commands import bindings
from jupystra_tui.ui.enabled import FormSelection
from jupystra_tui.ui.screens.launch_form import LaunchForm
from jupystra_tui.ui.screens.scripted import ScriptedScreen

DEBOUNCE = 0.15


class LaunchFormScreen(ScriptedScreen):
    """A form until the job is submitted; then the progress of its launch replaces it.

    `texts` fill the fields instead of the defaults, and `problem` is shown beside its field: those of a launch that
    failed. With `at_once` the form is submitted as soon as it is shown.
    """

    CSS = """
    LaunchFormScreen #form { padding: 0 1 0 0; }
    LaunchFormScreen #field-server { margin-top: 1; }
    LaunchFormScreen #more { margin: 1 0 0 12; }
    LaunchFormScreen.-tall Field, LaunchFormScreen.-tall #field-server { margin: 0 0 1 0; }
    LaunchFormScreen.-tall #more { margin: 0 0 1 12; }
    LaunchFormScreen.-tall #form { padding-top: 1; }
    LaunchFormScreen.-slim Field {
        layout: grid; grid-size: 2; grid-columns: 11 1fr; grid-rows: auto;
        & > Input, & > Picker { width: 100%; }
        & > .remark { column-span: 2; padding-left: 11; }
    }
    LaunchFormScreen.-slim #field-setup { height: 3; grid-rows: 3; }
    """
    where = "launch form"
    BINDINGS = bindings("launch form")
    AUTO_FOCUS = "#walltime"

    def __init__(
        self,
        *,
        at_once: bool = False,
        texts: Mapping[str, str] | None = None,
        problem: Problem | None = None,
    ) -> None:
        super().__init__("Batch script (preview)")
        self._at_once = at_once
        self._texts = texts
        self._problem = problem
        self._submitting = False
        self._started: protocol.Started | None = None

    def main_pane(self) -> LaunchForm:
        """Return the form."""
        session, order = self.app.session, self.app.order
        request = order.request(session.cluster.defaults if session else JobRequest())
        partitions = session.partitions if session else ()
        form = LaunchForm(
            request,
            partitions,
            exact="walltime" in order.given or self._texts is not None,
            texts=self._texts,
            failed=self._problem,
        )
        form.border_title = Content(f"Launch on {self._cluster}")
        return form

    @property
    def _cluster(self) -> str:
        return self.app.cluster.name if self.app.cluster else ""

    @property
    def _form(self) -> LaunchForm:
        return self.query_one(LaunchForm)

    @property
    def selection(self) -> FormSelection:
        """How the script is shown."""
        return FormSelection(beside=self.has_class("-wide"))

    def on_mount(self) -> None:
        """Update when the cluster's session changes."""
        self.follow("session", self._take_session)
        if self._at_once:
            self.call_after_refresh(self.action_start)

    def on_screen_resume(self) -> None:
        """Show the launch that was started while another screen was active."""
        self._show_launch()

    def _take_session(self) -> None:
        if self.app.session:
            self._form.take_partitions(self.app.session.partitions)

    def focus_main(self) -> None:
        """Focus the first field."""
        self._form.focus_first()

    # The preview

    def on_launch_form_changed(self) -> None:
        """Request the script for the current values; the result of the latest request is shown."""
        self._preview()

    @work(group="preview", exclusive=True, exit_on_error=False)
    async def _preview(self) -> None:
        await asyncio.sleep(DEBOUNCE)
        request = self._form.reading.request
        if request is None:
            self.script.wait("a field is wrong")
            return
        try:
            await self._request_preview(request)
        except JupystraError as error:
            self.script.fail(Problem(error.title, error.hint))

    async def _request_preview(self, request: JobRequest) -> protocol.Previewed:
        outcome = await self.app.request(protocol.Preview(self._cluster, request))
        self.call_later(self._show_preview, outcome)
        return outcome

    def _show_preview(self, preview: protocol.Previewed) -> None:
        self._form.take_problems(preview.problems)
        self.script.show(preview.script, self._form.unassigned(preview.problems))

    # The start

    def action_start(self) -> None:
        """Submit the job, unless a field is wrong or it is being submitted."""
        self.remove_class("-script")
        request = self._form.reading.request
        if self._submitting or self._form.focus_wrong() or request is None:
            return
        self._submitting = True
        self._form.border_subtitle = Content("◐ submitting …")
        self.app.attempt(self._submit(request), "submitting the job")

    async def _submit(self, request: JobRequest) -> None:
        """Check the request again, then submit it; continues if the screen is closed."""
        try:
            preview = await self._request_preview(request)
            refused = [problem for problem in preview.problems if not problem.warning]
            if refused:
                self.call_later(self._refuse, refused[0])
                return
            start = protocol.Start(self._cluster, request, self.app.order.script, preview.tag)
            outcome = await self.app.request(start)
            self.app.follow_launch(outcome.launch)
            self.call_later(self._take_started, outcome)
        finally:
            self.call_later(self._submitted)

    def _submitted(self) -> None:
        # Runs after the callbacks above: a second ^s must not submit a second job before the form is replaced.
        if self._started is None:
            self._submitting = False
            if not self._form.has_class("-refused"):
                self._form.refuse()

    def _refuse(self, problem: Problem) -> None:
        if not self._form.focus_wrong():
            self._form.refuse(problem.title)
            self.app.show_problem(problem)

    def _take_started(self, started: protocol.Started) -> None:
        self._started = started
        self._show_launch()

    def _show_launch(self) -> None:
        from jupystra_tui.ui.screens.launch_progress_screen import LaunchProgressScreen

        if self._started and self.is_active:
            started = self._started
            sent = started.sent or self.script.text
            self.app.switch_screen(
                LaunchProgressScreen(started.launch, self._cluster, sent, self._form.texts)
            )

    # Leaving

    def action_more(self) -> None:
        """Show or hide the options that are rarely changed."""
        self._form.toggle()

    def action_back(self) -> None:
        """Return from the script to the form, or close the form."""
        if self.shows_script:
            self.show_main()
        else:
            self.dismiss()
