"""The columns of the tunnels table."""

from jupystra_tui.model import Tunnel, TunnelState
from jupystra_tui.model.units import show_duration
from jupystra_tui.ui import clock
from jupystra_tui.ui.job_facts import route, tunnel_state
from jupystra_tui.ui.theme import Pieces
from jupystra_tui.ui.tunnel_history import TunnelHistory, show_rate, sparkline
from jupystra_tui.ui.widgets.columns import Column

SPARK = 12
NONE: Pieces = (("—", "faint"),)


def tunnel_columns(history: TunnelHistory) -> tuple[Column[Tunnel], ...]:
    """Return the columns; `history` has the traffic."""

    def traffic(tunnel: Tunnel) -> Pieces:
        rates = history.rates(tunnel.id)
        if not rates:
            return NONE
        up = tunnel.state is TunnelState.UP
        rate = show_rate(rates[-1]) if up else ""
        return ((sparkline(rates, SPARK), "accent" if up else "faint"), (f" {rate}", "dim"))

    return (
        Column("LOCAL", _local, 14),
        Column("SERVER", _server, 8, 32, rank=1),
        Column("JOB", lambda tunnel: ((tunnel.job, "dim"),), 6, 12, rank=3),
        Column("ROUTE", _route, 10, 40, rank=6),
        Column("STATE", tunnel_state, 15),
        Column("RTT", _round_trip, 7, rank=4),
        Column("TRAFFIC", traffic, SPARK + 9, rank=5),
        Column("UP", _up, 11, rank=2),
    )


def _local(tunnel: Tunnel) -> Pieces:
    if not tunnel.local_port:
        return NONE
    return ((f"127.0.0.1:{tunnel.local_port}", "accent" if tunnel.ready else "dim"),)


def _server(tunnel: Tunnel) -> Pieces:
    return ((tunnel.name, "strong" if tunnel.ready else ""),)


def _route(tunnel: Tunnel) -> Pieces:
    return route(tunnel)[2:] or NONE


def _round_trip(tunnel: Tunnel) -> Pieces:
    if tunnel.round_trip is None or tunnel.state is not TunnelState.UP:
        return NONE
    return ((f"{tunnel.round_trip:.0f} ms", ""),)


def _up(tunnel: Tunnel) -> Pieces:
    if tunnel.state is not TunnelState.UP or not tunnel.since:
        return NONE
    return ((show_duration(clock.now() - tunnel.since), ""),)
