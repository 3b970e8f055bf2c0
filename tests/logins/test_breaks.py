"""A short break of the network costs no question."""

import asyncio
import time
from collections.abc import Callable

from jupystra_tui.model import SessionPhase

from ..front_end import attached
from .conftest import At
from .journal import Journal
from .people import PASSWORD
from .site import LoginSite

CUT_SECONDS = 20.0


async def test_a_cut_of_twenty_seconds_costs_a_person_with_a_second_factor_nothing(
    slurm: LoginSite, at: At, journal: Callable[..., Journal]
) -> None:
    async with attached(at("menu")) as front_end:
        front_end.answers = [PASSWORD, "1"]
        session = await front_end.log_in()
        log, began = journal("menu"), time.monotonic()
        slurm.cut()
        await front_end.until(lambda: front_end.session and front_end.session.silent, "the silence", 30)
        await asyncio.sleep(CUT_SECONDS - (time.monotonic() - began))
        slurm.heal()
        healed = time.time()
        await front_end.until(lambda: front_end.snapshot.taken > healed or None, "a fresh queue", 60)
        assert front_end.session
        assert (front_end.session.phase, front_end.session.silent) == (SessionPhase.UP, 0.0)
        assert (len(front_end.prompts), log.conversations) == (2, 0)
        assert session.phase is SessionPhase.UP
