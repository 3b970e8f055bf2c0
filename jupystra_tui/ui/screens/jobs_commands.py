"""The commands of the jobs screen."""

from jupystra_tui.ui import server_actions
from jupystra_tui.ui.enter import Enter, enter_does
from jupystra_tui.ui.kill_confirmation import confirm_kill
from jupystra_tui.ui.screens.job_table_screen import JobTableScreen


class JobCommandsScreen(JobTableScreen):
    """Base of the jobs screen: the actions of its commands."""

    def action_login(self) -> None:
        """Open the login screen."""
        self.app.open_login()

    def action_new(self) -> None:
        """Open the form for a new server."""
        self.app.new_launch()

    def action_connect(self) -> None:
        """Log in again, open the job's server in the browser, or open a tunnel to it."""
        view = self.pointed_job()
        match enter_does(self.phase, view):
            case Enter.LOG_IN if self.app.session:
                self.app.log_in(self.app.session.cluster)
            case Enter.OPEN if view and view.tunnel:
                server_actions.open_browser(self.app, view.tunnel.id)
            case Enter.CONNECT if view:
                server_actions.connect(self.app, view.job)

    def action_browser(self) -> None:
        """Open the job's server in the browser."""
        view = self.pointed_job()
        if view and view.ready and view.tunnel:
            server_actions.open_browser(self.app, view.tunnel.id)
        elif view:
            server_actions.connect(self.app, view.job, browser=True)

    def action_copy(self) -> None:
        """Copy the URL."""
        view = self.pointed_job()
        if view and view.tunnel:
            server_actions.copy_url(self.app, view.tunnel.id)

    def action_script(self) -> None:
        """Write the job's connect script."""
        view = self.pointed_job()
        if view and self.app.cluster:
            server_actions.make_script(self.app, self.app.cluster.name, view.job.key)

    def action_progress(self) -> None:
        """Show the progress of the job's launch."""
        launch = self.launch_of(self.pointed_job())
        if launch:
            self.app.show_launch(launch)

    def action_log(self) -> None:
        """Show the log."""
        view = self.pointed_job()
        if view:
            self.app.open_log(view.job)

    def action_details(self) -> None:
        """Show the job's details."""
        from jupystra_tui.ui.screens.job_details import JobDetails

        view = self.pointed_job()
        if view:
            self.app.push_screen(JobDetails(view, self.app.history, self.app.keys))

    def action_kill(self) -> None:
        """Kill the job after a confirmation."""
        view = self.pointed_job()
        if view and view.job.killable and self.app.cluster:
            confirm_kill(self.app, self.app.cluster.name, view.job, view.tunnel)

    def action_refresh(self) -> None:
        """Refresh the queue."""
        self.app.refresh_queue()

    async def action_filter(self) -> None:
        """Open the filter, or focus it."""
        from jupystra_tui.ui.widgets.filter import FilterBar

        if not self.query("#filter"):
            await self.query_one("#left").mount(FilterBar(lambda: self.search.jobs))
        self.set_focus(self.query_one("#filter"))
