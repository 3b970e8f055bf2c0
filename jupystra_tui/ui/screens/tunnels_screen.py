"""Tunnels: which there are, how they are, and what happened to them."""

from collections.abc import Iterable
from operator import attrgetter

from textual.content import Content
from textual.widget import Widget

from jupystra_tui import protocol
from jupystra_tui.model import Tunnel, TunnelState
from jupystra_tui.ui import clock, server_actions
from jupystra_tui.ui.commands import bindings
from jupystra_tui.ui.enabled import TunnelSelection
from jupystra_tui.ui.job_facts import route
from jupystra_tui.ui.screens.framed import FramedScreen
from jupystra_tui.ui.theme import Pieces, content
from jupystra_tui.ui.widgets.facts import Note
from jupystra_tui.ui.widgets.row_table import Table
from jupystra_tui.ui.widgets.tunnel_columns import tunnel_columns

SHOWN = 7


class TunnelsScreen(FramedScreen):
    """All tunnels of the worker, whatever their cluster."""

    where = "tunnels"
    BINDINGS = bindings("tunnels")
    AUTO_FOCUS = "#tunnels"
    CSS = """
    TunnelsScreen #happened { height: 10; }
    TunnelsScreen.-low #happened { height: 5; }
    """

    def body(self) -> Iterable[Widget]:
        """Put what happened below the table."""
        self.table: Table[Tunnel] = Table(
            tunnel_columns(self.app.history), attrgetter("id"), self._none(), id="tunnels"
        )
        self.table.border_title = Content("Tunnels")
        yield self.table
        yield Note(id="happened")

    def on_mount(self) -> None:
        """Follow the app."""
        self.follow("tunnels", self._show)

    def _none(self) -> tuple[Pieces, ...]:
        key = self.app.keys("connect")
        jobs = self.app.keys("jobs")
        return (
            (("No tunnels", "strong"),),
            (),
            (
                (jobs, "accent strong"),
                ("  shows your jobs; there ", "dim"),
                (key, "accent strong"),
                (" connects", "dim"),
            ),
        )

    def _show(self) -> None:
        self.table.show(self.app.tunnels)
        self._show_selected()

    def _show_selected(self) -> None:
        tunnel, note = self.table.selected, self.query_one(Note)
        note.display = tunnel is not None
        if tunnel:
            port = f"127.0.0.1:{tunnel.local_port}" if tunnel.local_port else tunnel.name
            note.show(f"{port} · what happened", self._happened(tunnel))
            note.border_subtitle = content(*route(tunnel)) if tunnel.route else Content("")
        self.refresh_bindings()

    def _happened(self, tunnel: Tunnel) -> tuple[Pieces, ...]:
        events = self.app.history.events(tunnel.id)
        happened: list[Pieces] = [((f"{clock.time_of_day(when)}  ", "dim"), *what) for when, what in events]
        advice: list[Pieces] = []
        if tunnel.problem and tunnel.problem.hint:
            advice.append(((tunnel.problem.hint, ""),))
        if tunnel.state in (TunnelState.WAITING, TunnelState.RETRYING):
            advice.append(
                ((self.app.keys("reconnect"), "accent"), (" tries again now, on the same port", "dim"))
            )
        return (*advice, *happened[len(advice) - SHOWN :])

    def tick(self) -> None:
        """Let the time go by."""
        self.table.update()

    def on_table_selected(self) -> None:
        """Show what happened to it."""
        self._show_selected()

    def on_table_activated(self) -> None:
        """Open its server."""
        self.action_browser()

    @property
    def selection(self) -> TunnelSelection:
        """The selected tunnel."""
        return TunnelSelection(self.table.selected if self.is_mounted else None)

    def action_browser(self) -> None:
        """Open the server in the browser."""
        if self.table.selected and self.table.selected.ready:
            server_actions.open_browser(self.app, self.table.selected.id)

    def action_copy(self) -> None:
        """Copy the address."""
        if self.table.selected:
            server_actions.copy_url(self.app, self.table.selected.id)

    def action_script(self) -> None:
        """Write the connect script of the server."""
        tunnel = self.table.selected
        if tunnel:
            server_actions.make_script(self.app, tunnel.cluster, tunnel.job)

    def action_reconnect(self) -> None:
        """Open the tunnel again."""
        self._ask(protocol.Reconnect, "connecting again to")

    def action_close(self) -> None:
        """Close the tunnel."""
        self._ask(protocol.Disconnect, "closing the tunnel to")

    def _ask(self, request: type[protocol.Reconnect | protocol.Disconnect], doing: str) -> None:
        tunnel = self.table.selected
        if tunnel:
            self.app.attempt(self.app.request(request(tunnel.id)), f"{doing} {tunnel.name}")
