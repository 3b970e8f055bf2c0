"""The product's own Slurm reads what the practice cluster prints."""

import shlex

from jupystra_tui.model import JobRequest, JobState
from jupystra_tui.schedulers.slurm import SCHEDULER as SLURM
from tests.demo.client import Client

MARK = "c0ffee"


def test_it_reads_the_queue(client: Client) -> None:
    listing = SLURM.queue.parse_list(client.ask(SLURM.queue.list_script("you", MARK)).encode(), MARK)
    states = {job.name: job.state for job in listing.jobs}
    assert listing.unread == ()
    assert states["train-unet"] is JobState.RUNNING


def test_it_reads_the_partitions(client: Client) -> None:
    partitions = SLURM.site.parse_partitions(client.ask(SLURM.site.partitions_script()))
    assert [partition.name for partition in partitions] == ["short", "long", "gpu"]


def test_it_submits_lists_cancels_and_asks_how_it_ended(client: Client) -> None:
    request = JobRequest(name='it\'s a "name"', queue="gpu", gpus="1", cores=2, memory=2048, walltime=3600)
    script = "\n".join(
        (
            "#!/bin/bash -l",
            *SLURM.submission.script_header(request, "$HOME/it.log", "t1"),
            "exec sleep 600",
            "",
        )
    )
    done = client.run(shlex.join(SLURM.submission.submit_command(request, "it.log", "t1")), script.encode())
    job = SLURM.submission.parse_submit(done.stdout.decode(), done.stderr.decode(), done.returncode)
    client.wait_for(job, "RUNNING")
    [listed] = SLURM.queue.parse_list(
        client.ask(SLURM.queue.list_script("you", MARK, [job])).encode(), MARK
    ).jobs
    assert (listed.name, listed.node) == (request.name, "p2")
    ended = SLURM.accounting.parse_finished_fallback(
        client.ask(SLURM.accounting.finished_fallback_script([job]))
    )
    assert ended[job][0] is JobState.RUNNING
    assert client.run(shlex.join(SLURM.queue.cancel_command([job]))).returncode == 0
    client.wait_for(job, "CANCELLED")
    ended = SLURM.accounting.parse_finished(client.ask(shlex.join(SLURM.accounting.finished_command([job]))))
    assert ended[job][0] is JobState.CANCELLED
