"""The right side of the top line."""

from typing import Protocol

from jupystra_tui.model import Session, SessionPhase, Snapshot, Tunnel, TunnelState
from jupystra_tui.model.units import show_duration
from jupystra_tui.ui.theme import Piece, Pieces
from jupystra_tui.ui.widgets.topbar import Part

LONG_WAIT = 5.0
LATE = 5.0
MARKS: dict[SessionPhase, Piece] = {
    SessionPhase.CONNECTING: ("◐ ", "warn"),
    SessionPhase.UP: ("● ", "good"),
    SessionPhase.LOST: ("◐ ", "warn"),
    SessionPhase.WAITING: ("◐ ", "warn"),
    SessionPhase.DOWN: ("× ", "bad"),
}


class StatusSource(Protocol):
    """What the line shows; see `Dashboard`."""

    waits: dict[str, float]
    worker_status: str

    @property
    def session(self) -> Session | None:
        """The session shown."""

    @property
    def snapshot(self) -> Snapshot | None:
        """Its latest queue."""

    @property
    def counts(self) -> tuple[int, int]:
        """How many of its jobs are running and pending."""

    @property
    def tunnels(self) -> tuple[Tunnel, ...]:
        """All tunnels."""


def status(source: StatusSource, now: float) -> tuple[Part, ...]:
    """Return the parts; those of rank 0 are always shown."""
    return (
        *_waits(source.waits, now),
        *_worker(source.worker_status),
        *_session(source.session, now, away=bool(source.worker_status)),
        *_queue(source, now),
        *_tunnels(source.tunnels),
    )


def _waits(waits: dict[str, float], now: float) -> tuple[Part, ...]:
    if not waits:
        return ()
    text, began = next(reversed(waits.items()))
    pieces: Pieces = (("◐ ", "warn"), (f"{text} …", ""))
    if now - began >= LONG_WAIT:
        pieces = (*pieces, (f" {show_duration(now - began)}", ""), (", esc cancels", "dim"))
    return ((0, pieces),)


def _worker(status: str) -> tuple[Part, ...]:
    return ((0, (("◐ ", "warn"), (f"{status} …", "warn"))),) if status else ()


def who(session: Session) -> str:
    """Return `alice@o2`."""
    user, name = session.user or session.cluster.user, session.cluster.name
    return f"{user}@{name}" if user and "@" not in name else name


def _session(session: Session | None, now: float, *, away: bool) -> tuple[Part, ...]:
    if session is None:
        return () if away else ((0, (("○ not logged in", "dim"),)),)
    if away:
        return ((1, (("○ ", "dim"), (who(session), "dim"))),)
    problem = session.problem if session.phase is SessionPhase.UP else None
    mark: Piece = ("◐ ", "warn") if problem else MARKS[session.phase]
    name: Part = (0, (mark, (who(session), "strong")))
    if session.phase is SessionPhase.UP and session.silent:
        silence = (
            f"no answer from the login node for {show_duration(max(0.0, now - session.silent))}; waiting"
        )
        return (name, (0, ((silence, "warn"),)))
    if problem:
        return (name, (4, ((problem.title, "warn"),)))
    if session.phase is SessionPhase.UP:
        return (name, (5, ((f"{session.scheduler} {session.version}".strip(), "dim"),)))
    said = session.steps[-1] if session.steps and session.phase is not SessionPhase.DOWN else ""
    if session.problem and session.phase in (SessionPhase.DOWN, SessionPhase.LOST):
        said = session.problem.title
    phase: Part = (0, ((session.phase.value, MARKS[session.phase][1]),))
    return (name, phase, (5, ((said, "dim"),))) if said else (name, phase)


def _queue(source: StatusSource, now: float) -> tuple[Part, ...]:
    session, snapshot = source.session, source.snapshot
    if session is None or snapshot is None:
        return ()
    age = max(0.0, now - snapshot.taken)
    up = session.phase is SessionPhase.UP and not source.worker_status
    stale = not up or session.problem is not None or age > 2 * session.every + LATE
    updated: Pieces = (("updated ", "dim"), (f"{show_duration(age)} ago", "warn" if stale else ""))
    parts: list[Part] = [(1 if stale else 2, updated)]
    if up:
        parts.append((6, ((f"polling every {show_duration(session.every)}", "dim"),)))
    running, pending = source.counts
    pieces: Pieces = (
        (str(running), "good" if running else "dim"),
        (" running ", "dim"),
        (str(pending), "warn" if pending else "dim"),
        (" pending", "dim"),
    )
    return (*parts, (3, pieces))


def _tunnels(tunnels: tuple[Tunnel, ...]) -> tuple[Part, ...]:
    wanted = [tunnel for tunnel in tunnels if tunnel.wanted]
    if not wanted:
        return ()
    well = all(tunnel.state is TunnelState.UP for tunnel in wanted)
    count = len(wanted)
    word = " tunnel" if count == 1 else " tunnels"
    return ((4, ((str(count), "accent" if well else "warn"), (word, "dim"))),)
