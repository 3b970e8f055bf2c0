"""The history of each tunnel while this front end is attached: its states, and its bytes per second."""

from collections import defaultdict, deque
from collections.abc import Sequence

from jupystra_tui.model import Tunnel, TunnelState
from jupystra_tui.ui.theme import Pieces

RATES = 16
EVENTS = 100
LEAST_SECONDS = 1.0
BARS = "▁▂▃▄▅▆▇█"


class TunnelHistory:
    """Recorded by tunnel id."""

    def __init__(self) -> None:
        self._last: dict[str, Tunnel] = {}
        self._counted: dict[str, tuple[float, int]] = {}
        self._rates: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=RATES))
        self._events: dict[str, deque[tuple[float, Pieces]]] = defaultdict(lambda: deque(maxlen=EVENTS))

    def clear(self) -> None:
        """Remove everything: another worker uses the same ids for other tunnels."""
        for entries in (self._last, self._counted, self._rates, self._events):
            entries.clear()

    def record(self, tunnels: Sequence[Tunnel], now: float) -> None:
        """Record the tunnels at `now`, in seconds since 1970."""
        for tunnel in tunnels:
            before = self._last.get(tunnel.id)
            if tunnel == before:
                continue  # only other tunnels have changed
            self._count(tunnel, now)
            shown = (tunnel.state, tunnel.reason, tunnel.ready)
            if before is None or shown != (before.state, before.reason, before.ready):
                self._events[tunnel.id].append((now, _event(tunnel)))
            self._last[tunnel.id] = tunnel

    def _count(self, tunnel: Tunnel, now: float) -> None:
        total = tunnel.received + tunnel.sent
        when, counted = self._counted.get(tunnel.id, (now, total))
        if now - when >= LEAST_SECONDS:
            self._rates[tunnel.id].append(max(0, total - counted) / (now - when))
        if now - when >= LEAST_SECONDS or tunnel.id not in self._counted:
            self._counted[tunnel.id] = (now, total)

    def rates(self, tunnel: str) -> tuple[float, ...]:
        """Return the last bytes per second, oldest first."""
        return tuple(self._rates[tunnel])

    def events(self, tunnel: str) -> tuple[tuple[float, Pieces], ...]:
        """Return the events with their times, oldest first."""
        return tuple(self._events[tunnel])


def _event(tunnel: Tunnel) -> Pieces:
    if tunnel.state is TunnelState.UP and tunnel.ready:
        trip = f", {tunnel.round_trip:.0f} ms" if tunnel.round_trip is not None else ""
        return (("● ", "good"), (f"up, the server answers{trip}", ""))
    if tunnel.state is TunnelState.UP:
        return (("◐ ", "warn"), ("up, the server does not answer yet", ""))
    if tunnel.state.opening:
        return (("◐ ", "warn"), (tunnel.reason or tunnel.state.value, ""))
    if tunnel.state is TunnelState.ENDED:
        return (("○ ", "dim"), (tunnel.reason or tunnel.state.value, ""))
    return (("× ", "bad"), (tunnel.reason or tunnel.state.value, ""))


def sparkline(rates: Sequence[float], width: int) -> str:
    """Return the last `width` rates as bars, the highest one full, padded with spaces."""
    recent = list(rates)[-width:]
    top = max(recent, default=0) or 1
    bars = "".join(BARS[min(len(BARS) - 1, int(rate / top * (len(BARS) - 1) + 0.5))] for rate in recent)
    return bars.rjust(width)


def show_rate(rate: float) -> str:
    """Format bytes per second as `1.2 MB/s`."""
    for size, unit in ((1e9, "GB/s"), (1e6, "MB/s"), (1e3, "kB/s")):
        if rate >= size:
            return f"{rate / size:.3g} {unit}"
    return f"{rate:.0f} B/s"
