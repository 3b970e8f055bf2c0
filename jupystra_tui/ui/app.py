"""The dashboard: its screens, and the keys that all of them share."""

from typing import Any, ClassVar

from textual.binding import Binding
from textual.command import Provider
from textual.reactive import Reactive
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES, Theme

from jupystra_tui.frontend.config import Config
from jupystra_tui.model import Cluster, Job, Launch, Order, SessionPhase
from jupystra_tui.text import Secret
from jupystra_tui.ui import clock
from jupystra_tui.ui.commands import bindings
from jupystra_tui.ui.front_end import FrontEnd
from jupystra_tui.ui.keys import key_name
from jupystra_tui.ui.screens.framed import FramedScreen
from jupystra_tui.ui.screens.jobs import JobsScreen
from jupystra_tui.ui.status import status
from jupystra_tui.ui.theme import DARK, OFFERED, offered_theme
from jupystra_tui.ui.widgets.topbar import TopBar

AWAY_SECONDS = 120.0


def _tunnels_screen() -> Screen[Any]:
    from jupystra_tui.ui.screens.tunnels import TunnelsScreen

    return TunnelsScreen()


def _cluster_screen() -> Screen[Any]:
    from jupystra_tui.ui.screens.cluster import ClusterScreen

    return ClusterScreen()


def _no_theme(wanted: str, shown: str) -> str:
    names = ", ".join(OFFERED)
    return f"! There is no theme “{wanted}”; {shown} is shown. Themes: {names}."


def _palette() -> type[Provider]:
    from jupystra_tui.ui.palette import CommandProvider

    return CommandProvider


class JupystraApp(FrontEnd):
    """Three main screens, each a mode with a stack of its own; others are made when they are first opened."""

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
        passing: bool = False,
    ) -> None:
        super().__init__(config, cluster, password, order)
        self._passing = passing
        self._ordered = order is not None
        if config.theme in OFFERED:
            self.theme = config.theme
        self.set_keymap(config.keys)

    @property
    def available_themes(self) -> dict[str, Theme]:
        """The themes that can be chosen, by name."""
        return {name: BUILTIN_THEMES[name] for name in OFFERED}

    def get_theme(self, theme_name: str) -> Theme | None:
        """Return a theme that is offered, readable on all our screens."""
        return offered_theme(theme_name)

    def get_key_display(self, binding: Binding) -> str:
        """Write keys as the help does."""
        return key_name(binding.key)

    def _fatal_error(self) -> None:
        """Show a crash without the values of its variables: one may be an answer on its way."""
        from rich.segment import Segments
        from rich.traceback import Traceback

        trace = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(trace, self.console.options)))
        self._close_messages_no_wait()

    def get_default_screen(self) -> Screen[Any]:
        """Begin with the jobs: a first screen made here spares the style sheet a second parsing."""
        return JobsScreen()

    def on_mount(self) -> None:
        """Paint first, then look for the worker."""
        self.add_mode("jobs", JobsScreen)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.set_interval(1.0, self._tick)
        for name in ("session", "snapshot", "tunnels", "waits", "trouble"):
            self.watch(self, name, self.show_status)
        if self._ordered:
            self.watch(self, "snapshot", self._obey)
        if self.config.theme != self.theme:
            self.notify(
                _no_theme(self.config.theme, self.theme), markup=False, severity="warning", timeout=15
            )
        self.attach()

    def _tick(self) -> None:
        if not self.is_running:
            return
        self.show_status()
        self.prompts.tidy()
        self._obey()
        for screen in self._front():
            screen.tick()

    def _obey(self) -> None:
        """Open what the command line ordered, once, when the queue has been seen and nothing else is open."""
        up = self.session is not None and self.session.phase is SessionPhase.UP
        if self._ordered and up and self.snapshot and len(self.screen_stack) == 1:
            self._ordered = False
            self.new_launch(at_once=self.order.at_once)

    def show_status(self) -> None:
        """Bring the top line up to date."""
        for screen in self._front():
            for bar in screen.query(TopBar):
                bar.show(status(self, clock.now()))

    def _front(self) -> list[FramedScreen]:
        """The full screen in front; none below a dialog, nor while the dashboard ends."""
        return [
            screen
            for screen in self.screen_stack[-1:]
            if isinstance(screen, FramedScreen) and screen.is_mounted and screen.alive
        ]

    def on_all_told(self) -> None:
        """Open the login when there is nothing to come back to."""
        if self.session is None and self.cluster is None:
            self.open_login()

    def on_app_focus(self) -> None:
        """Somebody looks again."""
        self.attend(True)

    def on_app_blur(self) -> None:
        """Perhaps nobody looks: polls get rarer if it stays so."""
        self.set_timer(AWAY_SECONDS, lambda: None if self.app_focus else self.attend(False))

    # Screens

    def new_launch(self, *, at_once: bool = False) -> None:
        """Open the form for a new server; with `at_once` it is sent as it is."""
        from jupystra_tui.ui.screens.launch_form_screen import LaunchFormScreen

        self.push_screen(LaunchFormScreen(at_once=at_once))

    def show_launch(self, launch: Launch) -> None:
        """Show the progress of a launch."""
        from jupystra_tui.ui.screens.launch_progress_screen import LaunchProgressScreen

        self.push_screen(LaunchProgressScreen(launch.id, launch.cluster))

    def _logged_in(self, _: None) -> None:
        self.call_later(self._obey)  # the login is still in front

    def left_launch(self, launch: Launch) -> None:
        """Close the progress of a launch that is no longer followed."""
        super().left_launch(launch)
        self.call_later(self._close_progress, launch.id)

    def _close_progress(self, launch: str) -> None:
        from jupystra_tui.ui.screens.launch_progress_screen import LaunchProgressScreen

        if isinstance(self.screen, LaunchProgressScreen) and self.screen.follows(launch):
            self.pop_screen()

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
        """Leave what is open: a filter, a screen, a wait."""
        if isinstance(self.screen, FramedScreen) and await self.screen.go_back():
            return
        if len(self.screen_stack) > 1:
            self.pop_screen()
        else:
            self.stop_waiting()

    async def action_quit(self) -> None:
        """Leave; with tunnels that are wanted, ask what becomes of them."""
        tunnels = tuple(tunnel for tunnel in self.tunnels if tunnel.wanted)
        if not tunnels:
            await self.leave(close=False)
            return
        from jupystra_tui.ui.screens.quit import QuitDialog

        self.push_screen(QuitDialog(tunnels, passing=self._passing), self._quit)

    def _quit(self, choice: str | None) -> None:
        if choice:
            self.attempt(self.leave(close=choice == "close"), "closing the tunnels")
