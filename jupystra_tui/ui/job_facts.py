"""The details of one job, shown beside the table."""

from collections.abc import Callable, Iterator

from jupystra_tui.model import Job, JobState, Tunnel, TunnelState
from jupystra_tui.model.address import plain_url
from jupystra_tui.model.units import show_duration, show_memory
from jupystra_tui.ui import clock
from jupystra_tui.ui.job_views import JobView
from jupystra_tui.ui.places import short_host, short_path
from jupystra_tui.ui.theme import Piece, Pieces
from jupystra_tui.ui.tunnel_history import TunnelHistory, show_rate, sparkline
from jupystra_tui.ui.widgets.facts import BLANK, Fact
from jupystra_tui.ui.widgets.job_columns import left_tone, show_state

BAR = 14
SPARK = 12
DOT: Piece = (" · ", "faint")
Keys = Callable[[str], str]
"""Returns the current key of a command, by the command's id."""


def job_facts(view: JobView, history: TunnelHistory, keys: Keys) -> tuple[Fact, ...]:
    """Return the details with their labels."""
    facts: list[Fact] = [("state", _state(view.job))]
    if not view.job.state.finished:
        facts.append(("server", server(view, keys)))
    if view.tunnel and not view.job.state.finished:
        facts += _tunnel(view.tunnel, history)
    facts += [BLANK, *_walltime(view), *_requested(view.job), *_rest(view)]
    return tuple(facts)


def server(view: JobView, keys: Keys) -> Pieces:
    """Return whether the job's server is ready, or what is missing."""
    if view.killed:
        return (("◐ ", "warn"), ("kill requested", ""))
    if view.ready and view.tunnel:
        ready: Pieces = (("● READY", "good strong"), (f"  {address(view.tunnel, view)}", "accent"))
        return (*ready, DOT, (view.tunnel.reason, "warn")) if view.tunnel.reason else ready
    if view.connecting:
        return (("◐ ", "warn"), ("connecting …", ""))
    if view.step:
        return (("◐ ", "warn"), (f"{view.step.name.value} {view.step.text}".strip(), ""))
    if view.tunnel:
        return _not_ready(view.tunnel, keys)
    if view.server:
        return (("○ ", "accent"), ("found", ""), DOT, (keys("connect"), "accent"), (" connects", "dim"))
    if view.job.state is JobState.PENDING:
        return (("— starts when the job runs", "dim"),)
    return (("— no Jupyter server found", "dim"),)


def address(tunnel: Tunnel, view: JobView | None = None) -> str:
    """Return the server's URL without its token."""
    path = view.server.path if view and view.server else "/"
    return plain_url(tunnel.local_port, path)


def _not_ready(tunnel: Tunnel, keys: Keys) -> Pieces:
    if tunnel.state in (TunnelState.WAITING, TunnelState.ENDED):
        return (("× no tunnel", "bad"), DOT, (keys("connect"), "accent"), (" reconnects", "dim"))
    if tunnel.state is TunnelState.UP:
        return (("◐ ", "warn"), (tunnel.reason or "the server does not answer yet", ""))
    if tunnel.state.opening:
        return (("◐ ", "warn"), (tunnel.reason or "opening the tunnel …", ""))
    return (("◐ ", "warn"), ("reconnecting …", ""))


def tunnel_state(tunnel: Tunnel) -> Pieces:
    """Return a short description of a tunnel's state."""
    match tunnel.state:
        case TunnelState.UP:
            return (("● up", "good"),) if tunnel.ready else (("◐ no answer", "warn"),)
        case TunnelState.WAITING:
            return (("× needs you", "bad"),)
        case TunnelState.ENDED:
            return (("○ ended", "dim"),)
        case TunnelState.RETRYING:
            return ((f"◐ {_next_retry(tunnel)}", "warn"),)
    return ((f"◐ {tunnel.state.value}", "warn"),)


def _next_retry(tunnel: Tunnel) -> str:
    """Return when a tunnel is retried; without a time it waits for its session."""
    if not tunnel.retry_at:
        return "disconnected"
    seconds = tunnel.retry_at - clock.now()
    return f"retry in {show_duration(seconds)}" if seconds >= 1 else "retrying"


def _tunnel(tunnel: Tunnel, history: TunnelHistory) -> Iterator[Fact]:
    pieces: list[Piece] = [*tunnel_state(tunnel)]
    if tunnel.state is TunnelState.UP and tunnel.since:
        pieces.append((f" {show_duration(clock.now() - tunnel.since)}", ""))
    if tunnel.state is TunnelState.UP and tunnel.round_trip is not None:
        pieces += [DOT, (f"{tunnel.round_trip:.0f} ms", "dim")]
    if tunnel.state is not TunnelState.UP and tunnel.reason:
        pieces += [DOT, (tunnel.reason, "dim")]
    yield "tunnel", tuple(pieces)
    rates = history.rates(tunnel.id)
    if tunnel.state is TunnelState.UP and rates:
        yield "traffic", ((sparkline(rates, SPARK), "accent"), (f" {show_rate(rates[-1])}", "dim"))
    if tunnel.route:
        yield "route", route(tunnel)
    if tunnel.state is TunnelState.UP and tunnel.kernels is not None:
        yield "kernels", kernels(tunnel)


def route(tunnel: Tunnel) -> Pieces:
    """Return the hosts that a tunnel passes."""
    hosts = tunnel.route if tunnel.route[:1] == ("laptop",) else ("laptop", *tunnel.route)
    pieces: list[Piece] = []
    for host in hosts:
        name = short_host(host)
        pieces += [(" ─ ", "faint"), (name, "")] if pieces else [(name, "")]
    return tuple(pieces)


def kernels(tunnel: Tunnel) -> Pieces:
    """Return how many kernels run, how many are busy, and for how long they have been idle."""
    if not tunnel.kernels:
        return (("none", "dim"),)
    pieces: list[Piece] = [(str(tunnel.kernels), "")]
    if tunnel.busy:
        pieces += [DOT, (f"{tunnel.busy} busy", "warn")]
    if tunnel.idle is not None and tunnel.idle >= 60:
        pieces += [DOT, (f"idle {show_duration(tunnel.idle)}", "dim")]
    return tuple(pieces)


def _state(job: Job) -> Pieces:
    where = f" on {job.nodes or job.node}" if job.node else ""
    return (show_state(job), (where, "dim"))


def _walltime(view: JobView) -> Iterator[Fact]:
    limit, used = view.job.limit, view.used
    if not limit:
        return
    if used is None or view.job.state is JobState.PENDING:
        yield "walltime", ((show_duration(limit), ""), (" after it starts", "dim"))
        return
    full = min(BAR, round(BAR * used / limit))
    tone = "dim" if view.job.state.finished else left_tone(limit - used) or "accent"
    spent = f" {show_duration(used)}"
    yield (
        "walltime",
        (
            ("█" * full, tone),
            ("─" * (BAR - full), "faint"),
            (spent, ""),
            (f" of {show_duration(limit)}", "dim"),
        ),
    )


def _requested(job: Job) -> Iterator[Fact]:
    cores = f"{job.cores} core{'' if job.cores == 1 else 's'}" if job.cores else ""
    parts = [cores, show_memory(job.memory) if job.memory else "", job.gpus, job.queue, job.account]
    pieces: list[Piece] = []
    for part in filter(None, parts):
        pieces += [DOT, (part, "")] if pieces else [(part, "")]
    if pieces:
        yield "requested", tuple(pieces)


def _rest(view: JobView) -> Iterator[Fact]:
    if view.server and view.server.root:
        yield "folder", ((view.server.root, ""),)
    if view.script and not view.job.state.finished:
        yield "script", ((short_path(view.script), ""),)
    if view.job.submitted:
        yield "submitted", ((clock.site_time(view.job.submitted), ""),)
    if view.job.state is JobState.PENDING and view.job.starts:
        yield "expected", ((f"about {clock.site_time(view.job.starts)}", ""),)
