"""What breaks on the laptop itself."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import ExitStack

import pytest

from jupystra_tui import protocol
from jupystra_tui.errors import JupystraError

from ..answering import answering_at
from .footprint import footprint, settled
from .guests import Guest
from .lab import Lab, Witness
from .rivals import Thief, impostor
from .switches import asleep, full, kill_tunnels
from .table import Fault, fault, seconds

ATTACH = """
import asyncio
from jupystra_tui.frontend.client import Client
async def stay():
    await Client(lambda event: None, lambda: None).open()
    print(flush=True)
    await asyncio.Event().wait()
asyncio.run(stay())
"""


@fault("worker-killed")
async def test_the_next_worker_takes_up_what_was_wanted(lab: Lab, witness: Witness, row: Fault) -> None:
    for laptop in lab.laptops:
        os.kill(laptop.worker(), signal.SIGKILL)
    await witness.until(lambda: witness.lost, "the loss to be noticed")
    await lab.attended.open(witness)  # as the dashboard does by itself
    async with lab.alone.attached() as later:
        await lab.back(row.limit)
        assert witness.prompts == later.prompts == []
        await later.until(lambda: [one for one in later.tunnels if one.ready], "the tunnel to be shown")
    assert lab.jobs() == {lab.job}


@fault("dashboard-gone")
async def test_a_dashboard_that_is_killed_takes_no_tunnel_along(lab: Lab, witness: Witness) -> None:
    before = footprint(lab.alone)
    with lab.alone.here():
        dashboard = await asyncio.create_subprocess_exec(
            sys.executable, "-c", ATTACH, stdout=asyncio.subprocess.PIPE
        )
    assert dashboard.stdout
    assert await asyncio.wait_for(dashboard.stdout.readline(), 20)
    dashboard.kill()
    await dashboard.communicate()
    assert await asyncio.to_thread(lab.alone.answers)
    await settled(lab.alone, before)


@fault("port-taken")
async def test_a_tunnel_whose_port_was_taken_does_not_move(lab: Lab, witness: Witness) -> None:
    laptop = lab.attended
    witness.ready_ports.clear()
    with ExitStack() as rivals:
        with asleep(laptop):  # so that the other program is the faster one
            kill_tunnels(laptop)
            thief = rivals.enter_context(Thief(laptop.port))
        await witness.until(lambda: witness.down, "the loss to be noticed")
        await witness.client.request(protocol.Refresh(lab.cluster.name))
        await asyncio.sleep(seconds(4, 30))
        assert witness.ready_ports <= {laptop.port}
        assert not any(answering_at(port) for port in range(laptop.port + 1, laptop.port + 4))
        assert laptop.token not in thief.heard
    await laptop.connect(witness, lab.job)
    assert await asyncio.to_thread(laptop.answers)


@fault("disk-full")
async def test_a_full_disk_costs_only_what_would_be_remembered(lab: Lab, guest: Guest) -> None:
    state = guest.home / "state"
    state.mkdir(0o700)
    with full(state, lambda *argv: subprocess.run(argv, check=True)):
        async with guest.logged_in() as witness:
            await guest.connect(witness, lab.job)
            assert await asyncio.to_thread(guest.answers)
        await guest.stop()


@fault("impostor")
async def test_another_user_at_the_worker_s_place_hears_nothing(guest: Guest) -> None:
    with impostor(guest.home / "run") as heard:
        with pytest.raises(JupystraError):
            async with guest.attached():
                pass
        assert heard() == b""
