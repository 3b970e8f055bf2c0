"""Logging in: the choice of a cluster, and the progress of the login."""

from collections.abc import Iterable

from rich.cells import cell_len
from textual import work
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from jupystra_tui import protocol
from jupystra_tui.errors import JupystraError
from jupystra_tui.frontend import presets
from jupystra_tui.model import Problem, SessionPhase
from jupystra_tui.ui.commands import bindings, quiet
from jupystra_tui.ui.enabled import LoginSelection
from jupystra_tui.ui.screens.dialog import Choice
from jupystra_tui.ui.screens.login_progress import IN_PROGRESS, LoginProgress, failure
from jupystra_tui.ui.screens.login_target import PRESET, SHIPPED, Known, known_clusters, offers, way
from jupystra_tui.ui.screens.paned import PanedScreen
from jupystra_tui.ui.theme import content

NOTHING_KNOWN = (
    "No clusters are configured yet: type an address above. The hosts of your ssh configuration "
    "and the clusters of config.toml are listed here."
)


class HostInput(Input):
    """The input for the host; the arrow keys move the selection in the list below it."""

    BINDINGS = [*bindings("login", "choose"), quiet("up", "screen.move(-1)"), quiet("down", "screen.move(1)")]


class LoginScreen(PanedScreen):
    """Lists the known clusters, takes any other host, and closes after the login."""

    CSS = """
    LoginScreen { align: center middle; }
    LoginScreen .framed { width: 90; max-width: 100%; }
    LoginScreen #form { height: auto; padding: 1 2; }
    LoginScreen LoginProgress { padding: 0 2; }
    LoginScreen #line { height: 1; }
    LoginScreen #label { width: 10; color: $dim; }
    LoginScreen HostInput { width: 1fr; background: $cursor; padding: 0 1; }
    LoginScreen #way { height: auto; margin: 0 0 1 10; color: $dim; }
    LoginScreen #way.-wrong { color: $error; }
    LoginScreen #known { width: 100%; height: auto; max-height: 8; background: $background; border: none; padding: 0;
        text-wrap: nowrap; text-overflow: ellipsis; scrollbar-size-vertical: 1;
        &> .option-list--option-highlighted { background: $cursor; color: $foreground; text-style: none; } }
    LoginScreen.-tall #known { max-height: 20; }
    LoginScreen #nothing { display: none; color: $dim; margin: 0 0 0 10; height: auto; }
    LoginScreen.-narrow #label { width: 0; display: none; }
    LoginScreen.-narrow #way, LoginScreen.-narrow #nothing { margin: 0 0 1 1; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-normal")]
    VERTICAL_BREAKPOINTS = [(0, "-normal"), (36, "-tall")]
    where = "login"
    BINDINGS = bindings("login", "back", "more")
    AUTO_FOCUS = "HostInput"

    def __init__(self) -> None:
        super().__init__()
        self._known: tuple[Known, ...] = ()
        self._presets: tuple[Known, ...] = ()
        self._offers: list[Known] = []
        self._wanted = ""
        self._progress = LoginProgress()

    def body(self) -> Iterable[Widget]:
        """Return input, list and progress."""
        choose = OptionList(id="known", markup=False, compact=True)
        choose.can_focus = False
        field = HostInput(placeholder="[user@]host", compact=True)
        line = Horizontal(Static("cluster", id="label"), field, id="line")
        nothing = Static(NOTHING_KNOWN, id="nothing")
        form = Vertical(line, Static(id="way", markup=False), choose, nothing, id="form", classes="framed")
        form.border_title = "Log in"
        yield form
        yield self._progress

    def on_mount(self) -> None:
        """List the configured clusters, and request the hosts of the ssh configuration."""
        self._read_presets()
        self._know(())
        self._ask_hosts()
        session = self.app.session
        if session and session.phase is not SessionPhase.UP:
            self._wanted = session.cluster.name
            self.query_one(HostInput).value = self._wanted
        self.follow("session", self._follow)

    @work(group="hosts", exit_on_error=False)
    async def _ask_hosts(self) -> None:
        try:
            outcome = await self.app.request(protocol.ListHosts(self.app.config.ssh_config))
        except JupystraError as error:
            self.app.show_notification(f"Your ssh configuration could not be read: {error.title}")
            return
        self._know(outcome.aliases)

    def _read_presets(self) -> None:
        found, wrong = presets.offered()
        own = presets.own()
        self._presets = tuple(Known(cluster, PRESET if cluster.name in own else SHIPPED) for cluster in found)
        for error in wrong:
            self.app.show_problem(error)

    def _know(self, aliases: Iterable[str]) -> None:
        self._known = known_clusters(self.app.config, aliases, self._presets)
        self._offer()

    def on_input_changed(self) -> None:
        """Filter the list."""
        self._offer()

    def _offer(self) -> None:
        wrong = ""
        try:
            self._offers = offers(self._known, self.query_one(HostInput).value, self.app.config)
        except ValueError as error:
            self._offers, wrong = [], str(error)
        choose = self.query_one(OptionList)
        choose.clear_options()
        choose.add_options(_rows(self._offers))
        choose.highlighted = 0 if self._offers else None
        choose.display = bool(self._offers)
        self.query_one("#nothing").display = not self._offers and not wrong
        self._explain(wrong)

    def _explain(self, wrong: str = "") -> None:
        said = self.query_one("#way", Static)
        said.set_class(bool(wrong), "-wrong")
        offer = self._chosen
        said.update(f"× {wrong}" if wrong else way(offer) if offer else "")

    @property
    def _chosen(self) -> Known | None:
        place = self.query_one(OptionList).highlighted
        return self._offers[place] if place is not None and place < len(self._offers) else None

    def on_option_list_option_highlighted(self) -> None:
        """Show how the selected one logs in."""
        if self._offers:
            self._explain()

    def on_option_list_option_selected(self) -> None:
        """Log in by mouse."""
        self.action_choose()

    def action_move(self, step: int) -> None:
        """Move in the list."""
        choose = self.query_one(OptionList)
        if step > 0:
            choose.action_cursor_down()
        else:
            choose.action_cursor_up()

    @property
    def _in_progress(self) -> bool:
        session = self.app.session
        return bool(self._wanted) and session is not None and session.phase in IN_PROGRESS

    @property
    def _failure(self) -> Problem | None:
        session = self.app.session
        return failure(session) if session and session.cluster.name == self._wanted else None

    @property
    def selection(self) -> LoginSelection:
        """The selected cluster, and the state of the login."""
        failure = self._failure
        return LoginSelection(
            chosen=self.is_mounted and self._chosen is not None,
            in_progress=self._in_progress,
            has_details=bool(failure and failure.detail),
        )

    def action_choose(self) -> None:
        """Log in to the selected cluster."""
        offer = self._chosen
        if offer is None:
            return
        self._wanted = offer.cluster.name
        self.app.log_in(offer.cluster)

    def action_back(self) -> None:
        """Stop logging in; the typed text stays."""
        self.app.attempt(self.app.request(protocol.Logout(self._wanted)), "stopping the login")

    def _follow(self) -> None:
        session = self.app.session
        ours = session if session and session.cluster.name == self._wanted else None
        self._progress.show(ours)
        field = self.query_one(HostInput)
        if field.disabled and not self._in_progress:
            field.disabled = False
            self.set_focus(field)
        field.disabled = self._in_progress
        self.query_one(OptionList).disabled = self._in_progress
        self.refresh_bindings()
        self._close_after_login()

    def _close_after_login(self) -> None:
        session = self.app.session
        up = session is not None and session.phase is SessionPhase.UP
        if up and session and session.cluster.name == self._wanted and self.is_active:
            self._wanted = ""
            self.dismiss()

    def on_screen_resume(self) -> None:
        """Close if the login succeeded while a dialog was open."""
        self._close_after_login()

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        """Show the details by mouse."""
        self.action_more()

    def action_more(self) -> None:
        """Show the details of the failure."""
        if self._failure:
            self.app.show_problem(self._failure)

    def tick(self) -> None:
        """Update the seconds of the current step."""
        self._progress.tick()


def _rows(entries: list[Known]) -> list[Content]:
    width = max((cell_len(entry.cluster.name) for entry in entries), default=0)
    return [_row(entry, min(width, 30)) for entry in entries]


def _row(entry: Known, width: int) -> Content:
    cluster = entry.cluster
    name = cluster.name + " " * (width - cell_len(cluster.name))
    who = f"{cluster.user}@{cluster.host}" if cluster.user else cluster.host
    address = "" if who == cluster.name else who
    return content((f" {name}  ", "strong"), (f"{address}  " if address else "", ""), (entry.origin, "dim"))
