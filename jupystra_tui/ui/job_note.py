"""Why a job waits, what became of it, or what one can do with it, in a few sentences."""

from typing import NamedTuple

from jupystra_tui.model import Job, JobState, Session
from jupystra_tui.model.reason import Reason
from jupystra_tui.model.units import show_duration, show_memory
from jupystra_tui.ui import clock
from jupystra_tui.ui.job_facts import DOT, Keys, kernels, server
from jupystra_tui.ui.job_views import JobView
from jupystra_tui.ui.theme import Pieces


class JobNote(NamedTuple):
    """`tone` colours the frame; a `quiet` note says nothing that the facts do not say as well."""

    title: str
    sentences: tuple[Pieces, ...]
    tone: str = ""
    quiet: bool = False


def session_note(session: Session | None, taken: float) -> JobNote | None:
    """Return why the queue on screen is not up to date, None where it is; it was `taken` then."""
    if session is None or session.problem is None:
        return None
    age = show_duration(max(0.0, clock.now() - taken))
    sentences: list[Pieces] = [((session.problem.title, "strong"),)]
    if session.problem.hint:
        sentences.append(((session.problem.hint, "dim"),))
    words = session.problem.detail.strip().splitlines()
    if words:
        sentences.append(((words[-1], "dim"),))
    return JobNote(f"This queue is {age} old", tuple(sentences), "bad")


def job_note(view: JobView, keys: Keys) -> JobNote:
    """Return what there is to say of a job."""
    job = view.job
    if job.state is JobState.PENDING:
        return _waiting(job, keys)
    if job.state.finished or not job.listed:
        return _ended(job, keys)
    sentences = [server(view, keys)]
    if view.tunnel and view.tunnel.kernels is not None:
        sentences.append((("kernels  ", "dim"), *kernels(view.tunnel)))
    if not view.reachable and job.state is JobState.RUNNING:
        sentences.append((("A server that is still starting shows with the next look at the queue.", "dim"),))
    return JobNote(f"{job.id} {job.name}", tuple(sentences), quiet=True)


def _waiting(job: Job, keys: Keys) -> JobNote:
    sentences: list[Pieces] = [((_why(job.reason), ""),)]
    if job.starts:
        when = f"about {clock.site_time(job.starts)}"
        sentences.append((("The scheduler expects it to start at ", "dim"), (when, "warn"), (".", "dim")))
    if job.reason.never_starts:
        kill, new = (keys("kill"), "accent"), (keys("new"), "accent")
        sentences.append((kill, (" ends it", "dim"), DOT, new, (" starts another", "dim")))
    return JobNote(f"Why is {job.id} waiting?", tuple(sentences), "warn")


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
    return JobNote(f"What became of {job.id}?", (((_ending(job), ""),), hint), "" if good else "bad")


def _ending(job: Job) -> str:
    took = f" after {show_duration(job.used)}" if job.used else ""
    if job.array and job.reason.text and "," in job.tasks.replace("-", ","):
        return f"Of its tasks: {job.reason.text}."
    match job.state:
        case JobState.DONE:
            return f"It ended in order{took}."
        case JobState.CANCELLED:
            return f"It was cancelled{took}."
        case JobState.PREEMPTED:
            return f"The scheduler ended it{took} to make room for a job with a higher priority."
        case JobState.DEADLINE:
            return f"The deadline that it requests has passed, so the scheduler ended it{took}."
        case JobState.TIMEOUT:
            limit = f" of {show_duration(job.limit)}" if job.limit else ""
            return f"Its walltime{limit} was over, so the scheduler ended it."
        case JobState.OUT_OF_MEMORY:
            asked = f" the {show_memory(job.memory)} it had asked for" if job.memory else " it had asked for"
            return f"It needed more memory than{asked}, and was ended{took}."
        case JobState.NODE_FAIL:
            return f"The node {job.node or 'it ran on'} failed{took}; the job was not at fault."
        case JobState.UNKNOWN:
            return "The scheduler no longer lists it: it has ended, and how it ended is not known."
    reason = _why(job.reason) if job.reason.text else "Its script ended with an error. See the log."
    return f"It failed{took}. {reason}"


def _why(reason: Reason) -> str:
    """Return a sentence for a reason, also for one that is not known."""
    if reason.known:
        return reason.text
    return f"The scheduler says: {reason.code}" if reason.code else "The scheduler does not say why."
