"""The tunnels: a table, and the events of the selected one."""

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
    """All tunnels of the worker, to all clusters."""

    where = "tunnels"
    BINDINGS = bindings("tunnels")
    AUTO_FOCUS = "#tunnels"
    CSS = """
    TunnelsScreen #events { height: 10; }
    TunnelsScreen.-low #events { height: 5; }
    """

    def body(self) -> Iterable[Widget]:
        """Return the table, and the events below it."""
        self.table: Table[Tunnel] = Table(
            tunnel_columns(self.app.history), attrgetter("id"), self._no_tunnels(), id="tunnels"
        )
        self.table.border_title = Content("Tunnels")
        yield self.table
        yield Note(id="events")

    def on_mount(self) -> None:
        """Update when the app's state changes."""
        self.follow("tunnels", self._show)

    def _no_tunnels(self) -> tuple[Pieces, ...]:
        key = self.app.keys("connect")
        jobs = self.app.keys("jobs")
        return (
            (("No tunnels", "strong"),),
            (),
            (
                (jobs, "accent strong"),
                ("  shows your jobs; ", "dim"),
                (key, "accent strong"),
                (" connects to the selected one", "dim"),
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
            note.show(f"{port} · events", self._events(tunnel))
            note.border_subtitle = content(*route(tunnel)) if tunnel.route else Content("")
        self.refresh_bindings()

    def _events(self, tunnel: Tunnel) -> tuple[Pieces, ...]:
        history = self.app.history.events(tunnel.id)
        events: list[Pieces] = [((f"{clock.time_of_day(when)}  ", "dim"), *what) for when, what in history]
        advice: list[Pieces] = []
        if tunnel.problem and tunnel.problem.hint:
            advice.append(((tunnel.problem.hint, ""),))
        if tunnel.state in (TunnelState.WAITING, TunnelState.RETRYING):
            advice.append(
                ((self.app.keys("reconnect"), "accent"), (" retries now, on the same local port", "dim"))
            )
        return (*advice, *events[len(advice) - SHOWN :])

    def tick(self) -> None:
        """Update the times."""
        self.table.update()

    def on_table_selected(self) -> None:
        """Show what events to it."""
        self._show_selected()

    def on_table_activated(self) -> None:
        """Open its server in the browser."""
        self.action_browser()

    @property
    def selection(self) -> TunnelSelection:
        """The selected tunnel."""
        return TunnelSelection(self.table.selected if self.is_mounted else None)

    def action_browser(self) -> None:
        """Open the server in the browser."""
        tunnel = self.pointed(self.table)
        if tunnel and tunnel.ready:
            server_actions.open_browser(self.app, tunnel.id)

    def action_copy(self) -> None:
        """Copy the URL."""
        tunnel = self.pointed(self.table)
        if tunnel:
            server_actions.copy_url(self.app, tunnel.id)

    def action_script(self) -> None:
        """Write the connect script of the server."""
        tunnel = self.pointed(self.table)
        if tunnel:
            server_actions.make_script(self.app, tunnel.cluster, tunnel.job)

    def action_reconnect(self) -> None:
        """Reopen the tunnel."""
        self._request(protocol.Reconnect, "reconnecting to")

    def action_close(self) -> None:
        """Close the tunnel."""
        self._request(protocol.Disconnect, "closing the tunnel to")

    def _request(self, request: type[protocol.Reconnect | protocol.Disconnect], description: str) -> None:
        tunnel = self.pointed(self.table)
        if tunnel:
            self.app.attempt(self.app.request(request(tunnel.id)), f"{description} {tunnel.name}")
