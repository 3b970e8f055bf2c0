"""Carries out the effects of state changes."""

from jupystra_tui import protocol
from jupystra_tui.frontend import effects
from jupystra_tui.model import Launch
from jupystra_tui.ui import kill_confirmation, server_actions
from jupystra_tui.ui.dashboard import Dashboard
from jupystra_tui.ui.prompt_dialogs import PromptDialogs


class EffectRunner:
    """Opens dialogs, screens and the browser, each for one kind of effect."""

    def __init__(self, app: Dashboard, prompts: PromptDialogs) -> None:
        self._app = app
        self._prompts = prompts

    def run(self, effect: effects.Effect) -> None:
        """Carry out an effect."""
        app = self._app
        match effect:
            case effects.ShowCluster(cluster):
                app.cluster = cluster
            case effects.SelectJob(job):
                app.wanted_job = job
            case effects.OpenBrowser(tunnel):
                server_actions.open_browser(app, tunnel)
            case effects.ShowLaunchProblem(problem):
                if not self._launch_is_shown:
                    app.show_problem(problem)
            case effects.AskAboutPending(launch, polls):
                self._ask_about(launch, polls)
            case effects.UpdatePrompts():
                self._prompts.update()
            case effects.NotifyReopened(tunnels):
                count = "its tunnel" if tunnels == 1 else f"its {tunnels} tunnels"
                app.show_notification(f"The worker ended and was restarted; it is reopening {count}.")
            case effects.OpenLogin():
                app.open_login()

    @property
    def _launch_is_shown(self) -> bool:
        """Whether a screen that shows the progress of a launch is open."""
        from jupystra_tui.ui.screens.scripted import ScriptedScreen

        return any(isinstance(screen, ScriptedScreen) for screen in self._app.screen_stack)

    def _ask_about(self, launch: Launch, polls: int) -> None:
        """Ask what to do with a job that is still pending."""
        from jupystra_tui.ui.screens.still_waiting import StillWaiting

        app = self._app

        def decided(choice: str | None) -> None:
            app.own = app.own.answer()
            if choice == "leave":
                self._leave(launch)
            elif choice == "kill":
                kill_confirmation.kill_pending(app, launch.cluster, launch.job)

        app.stray_keys.guard()
        app.push_screen(StillWaiting(launch, polls), decided)

    def _leave(self, launch: Launch) -> None:
        """Stop following a launch, and close its screen; its job stays in the list."""
        app = self._app
        app.own = app.own.drop(launch.id)
        app.attempt(app.request(protocol.LeaveLaunch(launch.id)), "closing the launch")
        app.show_notification(
            f"{launch.job} stays in the queue; {app.keys('connect')} connects to it once it runs."
        )
        app.call_later(self._close_progress, launch.id)

    def _close_progress(self, launch: str) -> None:
        from jupystra_tui.ui.screens.launch_progress_screen import LaunchProgressScreen

        if isinstance(self._app.screen, LaunchProgressScreen) and self._app.screen.follows(launch):
            self._app.pop_screen()
