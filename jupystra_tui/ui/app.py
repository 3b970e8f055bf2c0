"""The dashboard: its screens, and the keys that all of them share."""

import gc
from collections.abc import Mapping
from typing import Any, ClassVar

from textual.binding import Binding
from textual.command import Provider
from textual.reactive import Reactive
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES, Theme

from jupystra_tui import protocol
from jupystra_tui.errors import JupystraError, WorkerError
from jupystra_tui.frontend import effects
from jupystra_tui.frontend.config import Config
from jupystra_tui.model import Cluster, Job, Launch, Order, Problem, SessionPhase
from jupystra_tui.text import Secret
from jupystra_tui.ui import clock
from jupystra_tui.ui.attachment import Attachment
from jupystra_tui.ui.commands import bindings
from jupystra_tui.ui.dashboard import Dashboard
from jupystra_tui.ui.effect_runner import EffectRunner
from jupystra_tui.ui.error_dialogs import ErrorDialogs
from jupystra_tui.ui.keys import key_name
from jupystra_tui.ui.prompt_dialogs import PromptDialogs
from jupystra_tui.ui.screens.framed import FramedScreen
from jupystra_tui.ui.screens.jobs import JobsScreen
from jupystra_tui.ui.status import status
from jupystra_tui.ui.theme import DARK, OFFERED, offered_theme
from jupystra_tui.ui.widgets.topbar import TopBar

AWAY_SECONDS = 120.0


def _tunnels_screen() -> Screen[Any]:
    from jupystra_tui.ui.screens.tunnels_screen import TunnelsScreen

    return TunnelsScreen()


def _cluster_screen() -> Screen[Any]:
    from jupystra_tui.ui.screens.cluster_screen import ClusterScreen

    return ClusterScreen()


def _no_theme(wanted: str, shown: str) -> str:
    names = ", ".join(OFFERED)
    return f"! There is no theme “{wanted}”; {shown} is shown. Themes: {names}."


def _palette() -> type[Provider]:
    from jupystra_tui.ui.palette import CommandProvider

    return CommandProvider


class JupystraApp(Dashboard):
    """Three main screens, each a Textual mode with its own stack; they are created when first opened."""

    TITLE = "jupystra"
    CSS_PATH = "app.tcss"
    BINDINGS = bindings("everywhere")
    COMMANDS: ClassVar[set[Any]] = {_palette}
    MODES: ClassVar[dict[str, Any]] = {"tunnels": _tunnels_screen, "cluster": _cluster_screen}
    DEFAULT_MODE = "jobs"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (18, "-high")]

    theme = Reactive(DARK.name)

    def __init__(
        self,
        config: Config,
        cluster: Cluster | None = None,
        password: Secret | None = None,
        order: Order | None = None,
        *,
        temporary: bool = False,
    ) -> None:
        super().__init__(config, cluster, password, order)
        self._temporary = temporary
        self._errors = ErrorDialogs(self)
        self._prompts = PromptDialogs(self)
        self._attachment = Attachment(self)
        self._effects = EffectRunner(self, self._prompts)
        self._form_requested = order is not None
        if config.theme in OFFERED:
            self.theme = config.theme
        self.set_keymap(config.keys)

    @property
    def available_themes(self) -> dict[str, Theme]:
        """The themes that can be chosen, by name."""
        return {name: BUILTIN_THEMES[name] for name in OFFERED}

    def get_theme(self, theme_name: str) -> Theme | None:
        """Return one of the themes that can be chosen, with colors that are readable on all screens."""
        return offered_theme(theme_name)

    def get_key_display(self, binding: Binding) -> str:
        """Write keys as the help does."""
        return key_name(binding.key)

    def get_default_screen(self) -> Screen[Any]:
        """Return the jobs screen: made here, the style sheet is parsed only once."""
        return JobsScreen()

    def on_mount(self) -> None:
        """Paint the first screen, then attach to the worker."""
        self.add_mode("jobs", JobsScreen)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        gc.enable()
        self.set_interval(1.0, self._tick)
        for name in ("state", "cluster", "waits", "worker_status"):
            self.watch(self, name, self.show_status)
        if self._form_requested:
            self.watch(self, "state", self._open_requested_form)
        if self.config.theme != self.theme:
            self.notify(
                _no_theme(self.config.theme, self.theme), markup=False, severity="warning", timeout=15
            )
        self.attach()

    def _tick(self) -> None:
        if not self.is_running:
            return
        self.show_status()
        self._prompts.update()
        self._open_requested_form()
        for screen in self._front():
            screen.tick()

    def _open_requested_form(self) -> None:
        """Open the form that the command line requested: once, after the first poll, when no other screen is open."""
        up = self.session is not None and self.session.phase is SessionPhase.UP
        if self._form_requested and up and self.snapshot and len(self.screen_stack) == 1:
            self._form_requested = False
            self.new_launch(at_once=self.order.at_once)

    def show_status(self) -> None:
        """Update the top line."""
        for screen in self._front():
            for bar in screen.query(TopBar):
                bar.show(status(self, clock.now()))

    def _front(self) -> list[FramedScreen]:
        """Return the active full screen; none below a dialog or while the dashboard ends."""
        return [
            screen
            for screen in self.screen_stack[-1:]
            if isinstance(screen, FramedScreen) and screen.is_mounted and screen.alive
        ]

    def on_app_focus(self) -> None:
        """Poll at the usual pace."""
        self.set_active(True)

    def on_app_blur(self) -> None:
        """Poll less often when the terminal has been without focus for a while."""
        self.set_timer(AWAY_SECONDS, lambda: None if self.app_focus else self.set_active(False))

    # The worker

    def attach(self) -> None:
        """Find the worker or start it, and log in again to the cluster that is shown."""
        self._attachment.begin()

    def carry_out(self, effect: effects.Effect) -> None:
        """Carry out an effect of a state change."""
        self._effects.run(effect)

    async def leave(self, *, close: bool) -> None:
        """End the dashboard; with `close` also the worker and its tunnels."""
        self.leaving = True
        if close:
            try:
                await self.request(protocol.Stop())
            except WorkerError:
                pass  # it ended before it answered
        self.exit()

    async def on_unmount(self) -> None:
        """Detach from the worker."""
        self.leaving = True
        await self.aclose()

    # Errors

    def show_problem(self, problem: JupystraError | Problem) -> None:
        """Show a problem and what to do next; its details are collapsed."""
        self._errors.show(problem)

    def show_error(self, error: Exception) -> None:
        """Show the error of something that the user requested."""
        self._errors.answer(error)

    def report(self, error: Exception) -> None:
        """Show an error of a handler, a timer or a message."""
        self._errors.report(error)

    def crash_report(self, error: BaseException) -> str:
        """Return what is printed when an error ends the dashboard."""
        from jupystra_tui.ui.crash import crash_report

        return crash_report(error, temporary=self._temporary)

    # Screens

    def new_launch(self, *, at_once: bool = False) -> None:
        """Open the form for a new server; with `at_once` it is submitted immediately."""
        from jupystra_tui.ui.screens.launch_form_screen import LaunchFormScreen

        self.push_screen(LaunchFormScreen(at_once=at_once))

    def show_launch(self, launch: Launch) -> None:
        """Show the progress of a launch."""
        from jupystra_tui.ui.screens.launch_progress_screen import LaunchProgressScreen

        self.push_screen(LaunchProgressScreen(launch.id, launch.cluster))

    def _logged_in(self, _: None) -> None:
        self.call_later(self._open_requested_form)  # the login is still the active screen

    def edit_launch(self, texts: Mapping[str, str], problem: Problem | None) -> None:
        """Replace the progress of a launch by the form, filled with `texts`."""
        from jupystra_tui.ui.screens.launch_form_screen import LaunchFormScreen

        self.switch_screen(LaunchFormScreen(texts=texts, problem=problem))

    def open_log(self, job: Job) -> None:
        """Show the end of a job's log."""
        from jupystra_tui.ui.screens.log import LogScreen

        if self.cluster:
            self.push_screen(LogScreen(self.cluster.name, job))

    def action_show(self, mode: str) -> None:
        """Go to one of the three main screens."""
        self.switch_mode(mode)

    def open_login(self) -> None:
        """Open the login, once."""
        from jupystra_tui.ui.screens.login import LoginScreen

        if not any(isinstance(screen, LoginScreen) for screen in self.screen_stack):
            self.push_screen(LoginScreen(), self._logged_in)

    def action_help(self) -> None:
        """Show all keys."""
        from jupystra_tui.ui.screens.help import HelpScreen

        here = self.screen.where if isinstance(self.screen, FramedScreen) else "jobs"
        self.push_screen(HelpScreen(self.keys, here))

    async def action_back(self) -> None:
        """Close what is open: a filter, a screen or a wait."""
        if isinstance(self.screen, FramedScreen) and await self.screen.go_back():
            return
        if len(self.screen_stack) > 1:
            self.pop_screen()
        else:
            self.stop_waiting()

    async def action_quit(self) -> None:
        """Quit; if tunnels are wanted, ask whether to keep them open."""
        tunnels = tuple(tunnel for tunnel in self.tunnels if tunnel.wanted)
        if not tunnels:
            await self.leave(close=False)
            return
        from jupystra_tui.ui.screens.quit import QuitDialog

        self.push_screen(QuitDialog(tunnels, temporary=self._temporary), self._quit)

    def _quit(self, choice: str | None) -> None:
        if choice:
            self.attempt(self.leave(close=choice == "close"), "closing the tunnels")
