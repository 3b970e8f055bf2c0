"""What breaks between the laptop and the cluster, and who is asked."""

import asyncio

import pytest

from jupystra_tui import protocol
from jupystra_tui.errors import AuthError, ConnectError, JupystraError, TunnelError
from jupystra_tui.model import SessionPhase

from ..cluster import sshd
from ..cluster.nodes import LOGIN
from .guests import Guest
from .lab import REQUEST, Lab, Witness
from .site import CODE, CODER
from .switches import keys_refused, sshd_options, tunnel_pids
from .table import BY_NAME, fault, seconds


@fault("second-factor-cut")
@fault("second-factor-killed")
async def test_a_short_break_asks_nobody_and_a_long_one_waits_for_somebody(lab: Lab, guest: Guest) -> None:
    guest.use(host=sshd.alias(CODER))
    async with guest.logged_in(CODE) as witness:
        launch = await witness.launch(REQUEST, 60.0)
        assert launch.ready, launch.problem
        await guest.connect(witness, launch.job)
        asked = len(witness.prompts)
    lab.site.cut()
    await asyncio.sleep(seconds(5, 20))
    lab.site.heal()
    await guest.back(BY_NAME["second-factor-cut"].limit)
    await asyncio.to_thread(lab.site.kill_sessions, LOGIN)
    async with guest.attached() as witness:
        await witness.until(
            lambda: witness.session and witness.session.phase is SessionPhase.WAITING, "the wait for somebody"
        )
        assert (asked, witness.prompts) == (1, [])
        witness.answers = [CODE]
        await witness.client.request(protocol.Login(guest.cluster))
        await witness.until_up()
        await guest.back(15.0)
        await witness.kill(launch.job)


@fault("login-refused")
async def test_a_key_that_is_accepted_no_more_is_named_and_the_next_login_brings_all_back(
    lab: Lab, witness: Witness
) -> None:
    with keys_refused(lab.site):
        await asyncio.to_thread(lab.site.kill_sessions, LOGIN)
        await witness.until(
            lambda: [one for one in witness.problems if one.kind == AuthError.__name__], "the refusal", 30.0
        )
        assert witness.session
        assert witness.session.phase is not SessionPhase.UP
    await witness.client.request(protocol.Login(lab.cluster))
    await lab.attended.back(15.0)
    assert witness.prompts == []


@fault("no-forwarding")
async def test_a_login_node_that_forwards_nothing_is_named(lab: Lab, guest: Guest) -> None:
    with sshd_options(lab.site, "AllowTcpForwarding=no"):
        async with guest.logged_in() as witness:
            with pytest.raises(TunnelError) as caught:
                await guest.connect(witness, lab.job)
            assert "forward" in f"{caught.value.title} {caught.value.hint} {caught.value.detail}"
            assert tunnel_pids(guest) == []


@fault("node-refuses")
async def test_a_node_that_refuses_us_is_told_from_a_login_that_is_refused(lab: Lab, guest: Guest) -> None:
    async with guest.logged_in() as witness:
        with keys_refused(lab.site):
            with pytest.raises(JupystraError) as caught:
                await guest.connect(witness, lab.job)
            assert not isinstance(caught.value, ConnectError)
            assert witness.session
            assert witness.session.phase is SessionPhase.UP
        await guest.connect(witness, lab.job)
        assert await asyncio.to_thread(guest.answers)
        assert witness.prompts == []
