"""A short break of the network costs no question."""

import asyncio
import time
from collections.abc import Callable

import pytest

from jupystra_tui.errors import NoAnswer, NotSent
from jupystra_tui.model import Layer, SessionPhase

from ..cluster.nodes import LAN, LOGIN
from ..front_end import attached
from .conftest import At, both
from .journal import Journal
from .people import PASSWORD
from .site import LoginSite
from .someone import Someone

CUT_SECONDS = 20.0


async def test_a_cut_of_twenty_seconds_costs_the_user_with_a_second_factor_nothing(
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
        await front_end.until(
            lambda: front_end.session and not front_end.session.silent, "an answered ping", 60
        )
        assert front_end.session
        assert front_end.session.phase is SessionPhase.UP
        assert (len(front_end.prompts), log.conversations) == (2, 0)
        assert session.phase is SessionPhase.UP


async def test_by_a_bastion_a_cut_before_it_is_over_some_seconds_after_the_network_is_back(
    slurm: LoginSite, at: At
) -> None:
    inside = ("Host inside", f"  HostName {LAN[LOGIN]}", f"  HostKeyAlias {LOGIN}", "  ProxyJump bastion")
    cluster = at("key", *inside, "Host *", f"  IdentityFile {slurm.keys / 'ed25519'}", host="inside")
    async with attached(cluster) as front_end:
        await front_end.log_in()
        began = time.monotonic()
        slurm.bastion_link.cut()
        try:
            await front_end.until(lambda: front_end.session and front_end.session.silent, "the silence", 30)
            await asyncio.sleep(CUT_SECONDS - (time.monotonic() - began))
        finally:
            slurm.bastion_link.heal()
        healed, began = time.time(), time.monotonic()
        await front_end.until(lambda: front_end.snapshot.taken > healed or None, "a fresh queue", 30)
        assert time.monotonic() - began < 12
        assert front_end.prompts == []


@both
async def test_a_command_knows_whether_it_may_have_been_sent(logins: LoginSite, at: At) -> None:
    async with Someone().logged_in(at("key", f"IdentityFile {logins.keys / 'ed25519'}")) as connection:
        running = asyncio.create_task(connection.run("sleep 60", 90))
        await asyncio.sleep(1)
        logins.kill_sessions(LOGIN)
        async with asyncio.timeout(20):
            with pytest.raises(NoAnswer, match="broke before the answer came") as caught:
                await running
            assert caught.value.layer is Layer.NETWORK
            with pytest.raises(NotSent) as unsent:
                await connection.run("true")
            assert unsent.value.layer is Layer.NETWORK
        assert not connection.alive


@both
async def test_a_command_that_takes_too_long_is_no_fault_of_the_network(logins: LoginSite, at: At) -> None:
    async with Someone().logged_in(at("key", f"IdentityFile {logins.keys / 'ed25519'}")) as connection:
        with pytest.raises(NoAnswer, match="did not answer within 1 s") as caught:
            await connection.run("sleep 60", 1)
        assert caught.value.layer is None
        assert await connection.answers()
