"""What a break of the network costs: nothing while it is short, a few seconds where nobody is needed."""

import asyncio
import os
import signal
import time

import pytest

from jupystra_tui.errors import JupystraError
from jupystra_tui.model import Layer, SessionPhase

from ..front_end import FrontEnd, worker_pid
from .site import Site

CUT_SECONDS = 20.0


async def silent(front_end: FrontEnd) -> None:
    """Wait until the session tells that the login node does not answer."""
    await front_end.until(lambda: front_end.session and front_end.session.silent, "the silence", 30)


async def fresh_queue(front_end: FrontEnd, seconds: float) -> float:
    """Return after how many seconds a queue came that was asked for from now on; fails after `seconds`."""
    began, wall = time.monotonic(), time.time()
    await front_end.until(lambda: front_end.snapshot.taken > wall or None, "a fresh queue", seconds)
    return time.monotonic() - began


async def test_with_a_key_a_cut_is_over_some_seconds_after_the_network_is_back(
    dashboard: FrontEnd, site: Site
) -> None:
    began = time.monotonic()
    site.cut()
    await silent(dashboard)
    assert dashboard.session
    assert (
        dashboard.session.phase is SessionPhase.UP
    )  # nothing is given up while the host takes no connection
    await asyncio.sleep(CUT_SECONDS - (time.monotonic() - began))
    assert dashboard.session.phase is SessionPhase.UP
    site.heal()
    assert await fresh_queue(dashboard, 20) < 10
    await dashboard.until(lambda: dashboard.session and not dashboard.session.silent, "an answered ping")
    assert dashboard.prompts == []


async def test_a_connection_that_was_reset_is_lost_at_once_and_back_once_sshd_listens(
    dashboard: FrontEnd, site: Site
) -> None:
    site.kill_sessions("login")
    site.sshd("login", "stop")
    problem = await dashboard.until(
        lambda: (
            dashboard.session.problem
            if dashboard.session and dashboard.session.phase is SessionPhase.LOST
            else None
        ),
        "the break",
        10,
    )
    assert problem.layer is Layer.NETWORK
    site.sshd("login", "start")
    assert await fresh_queue(dashboard, 30) < 20


async def test_after_sleep_without_network_the_queue_is_back_at_once(dashboard: FrontEnd, site: Site) -> None:
    site.cut()
    os.kill(worker_pid(), signal.SIGSTOP)
    try:
        await asyncio.sleep(CUT_SECONDS)
    finally:
        site.heal()
        os.kill(worker_pid(), signal.SIGCONT)
    assert await fresh_queue(dashboard, 20) < 10
    assert dashboard.prompts == []


async def test_while_the_network_is_away_a_request_fails_by_its_own_limit_and_says_why(
    dashboard: FrontEnd, site: Site
) -> None:
    site.cut()
    await silent(dashboard)
    with pytest.raises(JupystraError) as caught:
        async with asyncio.timeout(40):
            await dashboard.kill("987654")
    assert caught.value.layer is Layer.NETWORK
    site.heal()
    assert await fresh_queue(dashboard, 20) < 10
    await dashboard.kill("987654")
