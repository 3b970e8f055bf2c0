"""What the jobs table shows when it has no rows: the state of the session, and what to do next."""

import textwrap

from jupystra_tui.model import Session, SessionPhase
from jupystra_tui.model.units import show_duration
from jupystra_tui.ui.job_facts import Keys
from jupystra_tui.ui.theme import Pieces

STEPS, STEP_WIDTH = 6, 60
WIDTH = 36  # a reason is complete also in a terminal of 40 columns


def no_jobs(
    session: Session | None, *, wanted: str, polled: bool, filter_text: str, keys: Keys, seconds: float = 0.0
) -> tuple[Pieces, ...]:
    """Return lines.

    `wanted` is the cluster to be shown, `polled` whether there was a poll, `filter_text` what the jobs are filtered
    by, `seconds` the time since the login's latest step.
    """
    if session is None and wanted:
        return (((f"Logging in to {wanted} …", "dim"),),)
    if session is None:
        return ((("Not logged in", "strong"),), (), _key_hint(keys("login"), "logs in to a cluster"))
    if session.phase is SessionPhase.DOWN:
        return _down(session, keys)
    if session.problem and session.phase in (SessionPhase.UP, SessionPhase.LOST):
        return _problem(session)
    if session.phase in (SessionPhase.CONNECTING, SessionPhase.WAITING):
        return _logging_in(session, keys, seconds)
    if filter_text:
        return (
            (("No job matches ", "dim"), (filter_text, "strong")),
            (),
            _key_hint(keys("back"), "shows all jobs"),
        )
    if not polled:
        return ((("Reading the queue …", "dim"),),)
    return ((("No jobs in the queue", "strong"),), (), _key_hint(keys("new"), "starts a Jupyter server"))


def _key_hint(key: str, does: str) -> Pieces:
    return ((key, "accent strong"), (f"  {does}", "dim"))


def _down(session: Session, keys: Keys) -> tuple[Pieces, ...]:
    return (
        *_problem(session),
        (),
        _key_hint(keys("connect"), "logs in again"),
        _key_hint(keys("login"), "shows details and other clusters"),
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


def _logging_in(session: Session, keys: Keys, seconds: float) -> tuple[Pieces, ...]:
    steps = [textwrap.shorten(step, STEP_WIDTH, placeholder=" …") for step in session.steps[-STEPS:]]
    done: list[Pieces] = [(("√ ", "good"), (step, "dim")) for step in steps[:-1]]
    took = f"  {show_duration(seconds)}" if seconds >= 1 else ""
    now: list[Pieces] = [(("◐ ", "warn"), (step, ""), (took, "dim")) for step in steps[-1:]]
    hint = (
        _key_hint(keys("connect"), "logs in")
        if session.phase is SessionPhase.WAITING
        else _key_hint("esc", "cancels")
    )
    return (((f"Logging in to {session.cluster.name}", "strong"),), (), *done, *now, (), hint)
