"""What is away for a while comes back by itself, on the same port, whether or not somebody is attached."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from jupystra_tui import protocol
from jupystra_tui.model import JobState, SessionPhase

from ..cluster.nodes import LOGIN
from ..cluster.wait import until
from .footprint import Footprint, footprint, memory, settled
from .lab import Lab, Witness
from .switches import asleep, kill_tunnels, servers, tunnel_pids
from .table import FULL, Fault, fault, parameter, seconds

Outage = Callable[[Lab, str], AbstractContextManager[None]]
LATE_NETWORK_SECONDS = 3.0


@contextmanager
def cut(lab: Lab, node: str) -> Iterator[None]:
    """Packets vanish."""
    lab.site.cut()
    yield
    lab.site.heal()


@contextmanager
def connection_killed(lab: Lab, node: str) -> Iterator[None]:
    """The login node ends all sessions, and takes new ones."""
    lab.site.kill_sessions(LOGIN)
    yield


@contextmanager
def ssh_away(lab: Lab, node: str) -> Iterator[None]:
    """A node ends all sessions and takes none."""
    lab.site.sshd(node, "stop")
    lab.site.kill_sessions(node)
    yield
    lab.site.sshd(node, "start")


@contextmanager
def login_away(lab: Lab, node: str) -> Iterator[None]:
    """The login node ends all sessions and takes none."""
    with ssh_away(lab, LOGIN):
        yield


@contextmanager
def tunnels_killed(lab: Lab, node: str) -> Iterator[None]:
    """The laptops' ssh processes die."""
    kill_tunnels(*lab.laptops)
    yield


@contextmanager
def server_hangs(lab: Lab, node: str) -> Iterator[None]:
    """Jupyter does not answer, though its job runs."""
    processes = servers(lab.site, node)
    assert processes
    for process in processes:
        process.kill(signal.SIGSTOP)
    yield
    for process in processes:
        process.kill(signal.SIGCONT)


@pytest.mark.parametrize(
    ("row", "outage", "lasts", "phases"),
    [
        parameter("short-cut", cut, seconds(4, 20), None if FULL else {SessionPhase.UP}),
        parameter("long-cut", cut, seconds(12, 40), {SessionPhase.UP, SessionPhase.LOST} if FULL else None),
        parameter("connection-killed", connection_killed, 0.0, {SessionPhase.LOST, SessionPhase.UP}),
        parameter("login-away", login_away, seconds(4, 40), {SessionPhase.LOST, SessionPhase.UP}),
        parameter("node-ssh-away", ssh_away, seconds(4, 75), {SessionPhase.UP}),
        parameter("tunnel-killed", tunnels_killed, 0.0, {SessionPhase.UP}),
        parameter("server-hangs", server_hangs, seconds(3, 40), {SessionPhase.UP}),
    ],
)
async def test_the_same_port_answers_again_with_somebody_attached_and_without(
    lab: Lab, witness: Witness, row: Fault, outage: Outage, lasts: float, phases: set[SessionPhase] | None
) -> None:
    before = [footprint(laptop) for laptop in lab.laptops]
    node = lab.node(witness)
    witness.phases.clear()
    broken = outage(lab, node)
    await asyncio.to_thread(broken.__enter__)
    await asyncio.sleep(lasts)
    await asyncio.to_thread(broken.__exit__, None, None, None)
    await lab.back(row.limit)
    await witness.until_up()
    if phases is not None:
        assert set(witness.phases) - {SessionPhase.CONNECTING} <= phases
        assert (SessionPhase.LOST in witness.phases) == (SessionPhase.LOST in phases)
    await nothing_stays(lab, witness, before)


@pytest.mark.parametrize("row", [parameter("sleep")])
async def test_after_sleep_it_is_back_as_soon_as_there_is_network(
    lab: Lab, witness: Witness, row: Fault
) -> None:
    before = [footprint(laptop) for laptop in lab.laptops]
    with asleep(*lab.laptops):
        lab.site.cut()
        await asyncio.sleep(seconds(2, 30))
        lab.clock.forward(170.0)
    await asyncio.sleep(LATE_NETWORK_SECONDS)
    lab.site.heal()
    await lab.back(row.limit)
    await witness.until_up()
    await nothing_stays(lab, witness, before)


@pytest.mark.parametrize("row", [parameter("many-breaks")])
async def test_many_breaks_leave_nothing_behind(lab: Lab, witness: Witness, row: Fault) -> None:
    await lab.breaks(2, row.limit)
    before = [footprint(laptop) for laptop in lab.laptops]
    held = [memory(laptop) for laptop in lab.laptops]
    await lab.breaks(50 if FULL else 4, row.limit)
    await nothing_stays(lab, witness, before)
    assert max(now - then for now, then in zip(map(memory, lab.laptops), held, strict=True)) < 1.5


@fault("job-killed")
async def test_the_tunnels_of_a_job_that_ended_are_closed_for_good(lab: Lab, witness: Witness) -> None:
    await asyncio.to_thread(lab.site.as_user, f"scancel {lab.job}")
    await witness.client.request(protocol.Refresh(lab.cluster.name))
    job = await witness.until(
        lambda: (seen := witness.job(lab.job)) and seen.state.finished and seen, "the end of the job", 30.0
    )
    assert job.state is JobState.CANCELLED
    await witness.until(lambda: not any(one.ready for one in witness.tunnels), "the end of the tunnel", 30.0)
    await asyncio.to_thread(until, lambda: not tunnel_pids(lab.attended), "the end of its ssh")
    assert not lab.attended.answers()
    assert not lab.alone.answers()


async def nothing_stays(lab: Lab, witness: Witness, before: list[Footprint]) -> None:
    """See that nobody was asked, that one job runs, and that no worker holds more than before."""
    assert witness.prompts == []
    assert lab.jobs() == {lab.job}
    [tunnel] = [one for one in witness.tunnels if one.id == lab.attended.tunnel]
    assert tunnel.local_port == lab.attended.port
    for laptop, then in zip(lab.laptops, before, strict=True):
        await settled(laptop, then)
