"""Why one tunnel is not open."""

import logging

from jupystra_tui.errors import AuthError, GivenUp, HostKeyError, JupystraError, TunnelError
from jupystra_tui.model import Problem
from jupystra_tui.ssh.identification import ForwardingForbidden
from jupystra_tui.ssh.node_errors import NodeRefused
from jupystra_tui.ssh.route import PortTaken
from jupystra_tui.worker.problems import internal_error, problem_of
from jupystra_tui.worker.session import ClusterSession
from jupystra_tui.worker.tunnel_problem import explain_tunnel_error

NEEDS_USER = (GivenUp, AuthError, HostKeyError, ForwardingForbidden, NodeRefused, PortTaken)
"""Errors that no further attempt heals until the user has done something."""

log = logging.getLogger(__name__)


class TunnelFailure:
    """The last error of a job's tunnel, None where nothing is wrong; `job_ran` is whether its job was seen running."""

    def __init__(self, session: ClusterSession, job: str) -> None:
        self.error: JupystraError | None = None
        self.job_ran = False
        self._session = session
        self._job = job

    async def explain(self, error: Exception) -> Problem:
        """Keep an error, and return why it came; one that needs no user may have its cause in another layer."""
        if isinstance(error, NEEDS_USER):
            self.error = error
            return problem_of(error)
        if isinstance(error, JupystraError):
            problem = await explain_tunnel_error(self._session, self._job, error, ran=self.job_ran)
            same = problem.layer is error.layer
            self.error = error if same else TunnelError(problem.title, problem.hint, problem.detail)
            return problem
        log.error("a tunnel failed", exc_info=error)
        problem = internal_error(error)
        self.error = TunnelError(problem.title)
        return problem
