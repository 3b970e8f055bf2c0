"""What stands in the jobs table when there are no jobs: where things are, and what to do next."""

import textwrap

from jupystra_tui.model import Session, SessionPhase
from jupystra_tui.model.units import show_duration
from jupystra_tui.ui.job_facts import Keys
from jupystra_tui.ui.theme import Pieces

STEPS, STEP_WIDTH = 6, 60
WIDTH = 36  # so that a reason is whole in a terminal of 40 columns too


def no_jobs(
    session: Session | None, *, wanted: str, asked: bool, filtered: str, keys: Keys, took: float = 0.0
) -> tuple[Pieces, ...]:
    """Return lines.

    `wanted` is the cluster to be shown, `asked` says that the queue has been looked at, `filtered` what it is
    filtered by, `took` the seconds since the login's latest step.
    """
    if session is None and wanted:
        return (((f"Logging in to {wanted} …", "dim"),),)
    if session is None:
        return ((("Not logged in", "strong"),), (), _do(keys("login"), "logs in to a cluster"))
    if session.phase is SessionPhase.DOWN:
        return _down(session, keys)
    if session.problem and session.phase in (SessionPhase.UP, SessionPhase.LOST):
        return _problem(session)
    if session.phase in (SessionPhase.CONNECTING, SessionPhase.WAITING):
        return _logging_in(session, keys, took)
    if filtered:
        return (
            (("No job’s line holds ", "dim"), (filtered, "strong")),
            (),
            _do(keys("back"), "shows all jobs"),
        )
    if not asked:
        return ((("Asking for the queue …", "dim"),),)
    return ((("No jobs in the queue", "strong"),), (), _do(keys("new"), "starts a Jupyter server"))


def _do(key: str, does: str) -> Pieces:
    return ((key, "accent strong"), (f"  {does}", "dim"))


def _down(session: Session, keys: Keys) -> tuple[Pieces, ...]:
    return (
        *_problem(session),
        (),
        _do(keys("connect"), "logs in again"),
        _do(keys("login"), "tells more, or logs in elsewhere"),
    )


def _problem(session: Session) -> tuple[Pieces, ...]:
    problem = session.problem
    title = problem.title if problem else f"Not connected to {session.cluster.name}"
    first, *more = textwrap.wrap(title, WIDTH) or [""]
    hint = textwrap.wrap(problem.hint, WIDTH) if problem else []
    return (
        (("× ", "bad"), (first, "strong")),
        *(((line, "strong"),) for line in more),
        *(((line, "dim"),) for line in hint),
    )


def _logging_in(session: Session, keys: Keys, took: float) -> tuple[Pieces, ...]:
    steps = [textwrap.shorten(step, STEP_WIDTH, placeholder=" …") for step in session.steps[-STEPS:]]
    done: list[Pieces] = [(("√ ", "good"), (step, "dim")) for step in steps[:-1]]
    seconds = f"  {show_duration(took)}" if took >= 1 else ""
    now: list[Pieces] = [(("◐ ", "warn"), (step, ""), (seconds, "dim")) for step in steps[-1:]]
    way_out = (
        _do(keys("connect"), "logs in") if session.phase is SessionPhase.WAITING else _do("esc", "stops")
    )
    return (((f"Logging in to {session.cluster.name}", "strong"),), (), *done, *now, (), way_out)
