"""A note on one job: why it is pending, how it ended, or the state of its server."""

from typing import NamedTuple

from jupystra_tui.model import Job, JobState, Session
from jupystra_tui.model.reason import Reason
from jupystra_tui.model.units import show_duration, show_memory
from jupystra_tui.ui import clock
from jupystra_tui.ui.job_facts import DOT, Keys, kernels, server
from jupystra_tui.ui.job_views import JobView
from jupystra_tui.ui.theme import Pieces


class JobNote(NamedTuple):
    """`tone` is the color of the frame; a `quiet` note repeats only what the details show."""

    title: str
    sentences: tuple[Pieces, ...]
    tone: str = ""
    quiet: bool = False


def session_note(session: Session | None, taken: float) -> JobNote | None:
    """Return why the queue on screen is out of date, None if it is not; `taken` is when it was read."""
    if session is None or session.problem is None:
        return None
    age = show_duration(max(0.0, clock.now() - taken))
    sentences: list[Pieces] = [((session.problem.title, "strong"),)]
    if session.problem.hint:
        sentences.append(((session.problem.hint, "dim"),))
    words = session.problem.detail.strip().splitlines()
    if words:
        sentences.append(((words[-1], "dim"),))
    return JobNote(f"Last updated {age} ago", tuple(sentences), "bad")


def job_note(view: JobView, keys: Keys) -> JobNote:
    """Return the note on a job."""
    job = view.job
    if job.state is JobState.PENDING:
        return _pending(job, keys)
    if job.state.finished or not job.listed:
        return _ended(job, keys)
    sentences = [server(view, keys)]
    if view.tunnel and view.tunnel.kernels is not None:
        sentences.append((("kernels  ", "dim"), *kernels(view.tunnel)))
    if not view.reachable and job.state is JobState.RUNNING:
        sentences.append((("A server that is still starting is shown after a later poll.", "dim"),))
    return JobNote(f"{job.id} {job.name}", tuple(sentences), quiet=True)


def _pending(job: Job, keys: Keys) -> JobNote:
    sentences: list[Pieces] = [((_why(job.reason), ""),)]
    if job.starts:
        when = f"about {clock.site_time(job.starts)}"
        sentences.append((("The scheduler expects it to start at ", "dim"), (when, "warn"), (".", "dim")))
    if job.reason.never_starts:
        kill, new = (keys("kill"), "accent"), (keys("new"), "accent")
        sentences.append((kill, (" kills it", "dim"), DOT, new, (" starts another", "dim")))
    return JobNote(f"Why is {job.id} pending?", tuple(sentences), "warn")


def _ended(job: Job, keys: Keys) -> JobNote:
    more = {JobState.OUT_OF_MEMORY: ", with more memory", JobState.TIMEOUT: ", with more time"}.get(
        job.state, ""
    )
    hint: Pieces = (
        (keys("log"), "accent"),
        (" shows its log", "dim"),
        DOT,
        (keys("new"), "accent"),
        (f" starts another{more}", "dim"),
    )
    good = job.state in (JobState.DONE, JobState.CANCELLED)
    return JobNote(f"How {job.id} ended", (((_ending(job), ""),), hint), "" if good else "bad")


def _ending(job: Job) -> str:
    took = f" after {show_duration(job.used)}" if job.used else ""
    if job.array and job.reason.text and "," in job.tasks.replace("-", ","):
        return f"Of its tasks: {job.reason.text}."
    match job.state:
        case JobState.DONE:
            return f"It completed{took}."
        case JobState.CANCELLED:
            return f"It was cancelled{took}."
        case JobState.PREEMPTED:
            return f"The scheduler killed it{took} to free resources for a job with a higher priority."
        case JobState.DEADLINE:
            return f"The deadline that it requested has passed, and the scheduler killed it{took}."
        case JobState.TIMEOUT:
            limit = f" of {show_duration(job.limit)}" if job.limit else ""
            return f"It reached its walltime{limit}, and the scheduler killed it."
        case JobState.OUT_OF_MEMORY:
            requested = f" the {show_memory(job.memory)} that it requested" if job.memory else " it requested"
            return f"It needed more memory than{requested}, and was killed{took}."
        case JobState.NODE_FAIL:
            return f"The node {job.node or 'it ran on'} failed{took}; the job did not cause this."
        case JobState.UNKNOWN:
            return "The scheduler no longer lists it. It has ended; whether it succeeded is not known."
    reason = _why(job.reason) if job.reason.text else "Its script ended with an error. See the log."
    return f"It failed{took}. {reason}"


def _why(reason: Reason) -> str:
    """Return a sentence for a reason, also for one that is not known."""
    if reason.known:
        return reason.text
    return f"The scheduler says: {reason.code}" if reason.code else "The scheduler does not say why."
