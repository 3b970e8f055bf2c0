"""Explains why a tunnel broke or its server does not answer, by all that is known about its cluster."""

from jupystra_tui.errors import JupystraError
from jupystra_tui.model import Evidence, Layer, Problem, SessionPhase, failed_layer
from jupystra_tui.worker.outage import problem_of_layer
from jupystra_tui.worker.problems import problem_of
from jupystra_tui.worker.session import ClusterSession


async def explain_tunnel_error(
    session: ClusterSession, job: str, error: JupystraError, ran: bool = True
) -> Problem:
    """Return why, after asking whether the login node answers, which takes some seconds where it does not.

    `error` is what the tunnel itself says, with its layer; it goes into the details where another layer failed. `ran`
    is whether the job was seen running before.
    """
    seen = session.watcher.job(job)
    shown = session.shown.problem
    refused = session.shown.phase is SessionPhase.DOWN and shown and shown.layer is Layer.LOGIN_REFUSED
    known = Evidence(
        online=session.online,
        session_up=await session.answers(),
        login_refused=bool(refused),
        job=seen.state if seen else None,
        ran=ran,
        route=error.layer,
    )
    layer = failed_layer(known)
    if layer is error.layer or (error.layer is None and layer is Layer.NODE_UNREACHABLE):
        return problem_of(error)  # nothing that is known says more than the error itself
    words = filter(None, [error.title, error.detail])
    return problem_of_layer(layer, "\n".join(words))
