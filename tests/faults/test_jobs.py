"""What breaks on the cluster: jobs, nodes, the scheduler and the disk."""

import asyncio

from jupystra_tui import protocol
from jupystra_tui.model import Launch

from ..cluster.nodes import LOGIN
from ..cluster.wait import until
from .footprint import memory
from .guests import Guest
from .lab import REQUEST, Lab, Witness
from .switches import full, instead_of
from .table import FULL, Fault, fault, seconds

MEMORY_MIB = 300
ERROR_SECONDS = 30.0


@fault("node-fails")
async def test_a_requeued_job_s_server_is_found_on_its_new_node(
    lab: Lab, witness: Witness, row: Fault
) -> None:
    node = lab.node(witness)
    await asyncio.to_thread(lab.site.node_fail, node)
    hurry = ("scontrol", "update", f"JobId={lab.job}", "StartTime=now")  # Slurm would wait for two minutes
    await asyncio.to_thread(lab.site.run, LOGIN, *hurry)
    followed = asyncio.create_task(lab.attended.back(90.0))
    while not followed.done():
        await witness.client.request(protocol.Refresh(lab.cluster.name))
        await asyncio.wait({followed}, timeout=2.0)
    await followed
    await witness.until(lambda: lab.node(witness) != node, "the new node to be shown")
    if FULL:
        await lab.alone.back(180.0)
    assert witness.prompts == []


@fault("endless-answer")
async def test_an_answer_without_end_is_cut_and_named(lab: Lab, guest: Guest) -> None:
    guest.use(poll=2.0, poll_floor=1.0)
    async with guest.logged_in() as witness:
        with instead_of(lab.site, "squeue", "exec yes 1234567890"):
            await witness.client.request(protocol.Refresh(guest.cluster.name))
            failed = asyncio.create_task(
                witness.until(lambda: witness.problems, "the error", ERROR_SECONDS + 15.0)
            )
            while not failed.done():
                assert memory(guest) < MEMORY_MIB
                await asyncio.wait({failed}, timeout=0.1)
            await failed
        taken = witness.snapshot.taken
        await witness.client.request(protocol.Refresh(guest.cluster.name))
        await witness.until(lambda: witness.snapshot.taken > taken, "the next snapshot", 90.0)


@fault("cut-in-submission")
async def test_a_submission_that_the_network_interrupts_makes_one_job_and_goes_on(
    lab: Lab, guest: Guest, row: Fault
) -> None:
    before = lab.jobs()
    async with guest.logged_in() as witness:
        with instead_of(lab.site, "sbatch", f'sleep {seconds(3, 6)}; exec "$real" "$@"'):
            started = await witness.client.request(protocol.Start(guest.cluster.name, REQUEST))
            assert isinstance(started, protocol.Started)
            await asyncio.to_thread(until, lambda: submitting(lab), "the submission", 20.0)
            lab.site.cut()
            await asyncio.sleep(seconds(5, 32))
            lab.site.heal()
            launch = await witness.until(
                lambda: (one := witness.launches[started.launch]).over and one, "the end of the launch", 60.0
            )
        assert launch.ready, launch.problem
        assert lab.jobs() - before == {launch.job}
        await witness.kill(launch.job)


@fault("home-full")
async def test_a_full_home_loses_no_job(lab: Lab, guest: Guest) -> None:
    before = lab.jobs()
    async with guest.logged_in() as witness:
        with full("/home/ada", lambda *argv: lab.site.run(LOGIN, *argv)):
            launch: Launch = await witness.launch(REQUEST, 90.0)
        assert lab.jobs() - before <= {launch.job}
        assert launch.job or launch.problem
        if launch.job:
            await witness.kill(launch.job)


def submitting(lab: Lab) -> bool:
    """Whether a submission is under way on the login node."""
    return any(one.name == "sbatch" for one in lab.site.nodes[LOGIN].processes())
