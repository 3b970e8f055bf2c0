"""Why a tunnel ended is told by the nearest layer that failed; its own words go into the details."""

from types import SimpleNamespace
from typing import Any

from jupystra_tui.errors import TunnelError
from jupystra_tui.model import Job, JobState, Layer, Problem, SessionPhase
from jupystra_tui.ssh.node_errors import node_error
from jupystra_tui.worker.tunnel_problem import explain_tunnel_error

BROKEN_PIPE = node_error("client_loop: send disconnect: Broken pipe", None)
SHUT = node_error("kex_exchange_identification: Connection closed by remote host", None)


def session(
    *,
    online: bool = True,
    answers: bool = True,
    job: JobState | None = JobState.RUNNING,
    phase: SessionPhase = SessionPhase.UP,
    problem: Problem | None = None,
) -> Any:
    async def asked() -> bool:
        return answers

    seen = Job("42", "42", "lab", job) if job else None
    return SimpleNamespace(
        online=online,
        answers=asked,
        watcher=SimpleNamespace(job=lambda key: seen if key == "42" else None),
        shown=SimpleNamespace(phase=phase, problem=problem),
    )


async def test_a_cut_network_is_no_broken_pipe() -> None:
    problem = await explain_tunnel_error(session(answers=False), "42", BROKEN_PIPE)
    assert problem.layer is Layer.NETWORK
    assert problem.title == "No network connection to the login node"
    assert "Broken pipe" in problem.detail


async def test_a_cut_network_is_no_jupyter_that_does_not_answer() -> None:
    silent = TunnelError("Jupyter at port 8888 does not answer", layer=Layer.SERVER_GONE)
    assert (await explain_tunnel_error(session(answers=False), "42", silent)).layer is Layer.NETWORK
    assert (
        await explain_tunnel_error(session(answers=False, online=False), "42", silent)
    ).layer is Layer.LAPTOP_OFFLINE
    assert (await explain_tunnel_error(session(), "42", silent)).title == silent.title


async def test_a_requeued_job_has_not_ended() -> None:
    problem = await explain_tunnel_error(session(job=JobState.PENDING), "42", BROKEN_PIPE)
    assert problem.title == "Its job was requeued"
    assert (
        await explain_tunnel_error(session(job=JobState.DONE), "42", BROKEN_PIPE)
    ).layer is Layer.JOB_ENDED


async def test_what_the_node_says_is_told_as_it_is_while_the_rest_works() -> None:
    problem = await explain_tunnel_error(session(), "42", SHUT)
    assert (problem.layer, problem.title) == (Layer.NODE_REFUSES_SSH, SHUT.title)


async def test_a_login_that_was_refused_is_told_before_the_tunnel() -> None:
    refused = Problem("did not accept a key", layer=Layer.LOGIN_REFUSED)
    ended = session(answers=False, phase=SessionPhase.DOWN, problem=refused)
    assert (await explain_tunnel_error(ended, "42", BROKEN_PIPE)).layer is Layer.LOGIN_REFUSED
