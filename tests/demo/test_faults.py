"""What goes wrong on the practice cluster when somebody turns a switch."""

import subprocess

import pytest

from jupystra_tui.demo import PracticeCluster, PracticeClusterError
from tests.demo import captures
from tests.demo.client import SECONDS, Client, until


def test_without_a_controller_all_but_accounting_fail_as_slurm_does(
    practice: PracticeCluster, own_client: Client
) -> None:
    practice.stop_controller()
    for real in captures.runs("controller-down")[:5]:
        done = own_client.run(f"({real.command}) 2>&1")
        expected = real.output.replace(" at login ", " at practice-login ")
        assert (done.stdout.decode(), done.returncode) == (expected, real.code)
    assert own_client.ask("sacct -n -P -X") == ""
    practice.start_controller()
    assert own_client.ask("squeue -h") == ""


def test_connections_are_closed_and_accepted_again(practice: PracticeCluster, own_client: Client) -> None:
    argv = [*own_client.ssh, "-q", own_client.alias, "echo in; exec cat"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as session:
        assert session.stdout
        assert session.stdout.readline() == b"in\n"
        practice.drop_connections()
        assert session.wait(SECONDS) == 255
    assert own_client.ask("echo again") == "again\n"


def test_a_node_turns_away_who_has_no_job_there(practice: PracticeCluster, own_client: Client) -> None:
    practice.set_compute_ssh("job")
    refused = _try_node(own_client, "p1")
    assert refused.returncode == 255
    assert f"Access denied: user {practice.user} (uid=" in refused.stderr
    assert "has no active jobs on this node." in refused.stderr
    job = own_client.submit("exec sleep 600")
    own_client.wait_for(job, "RUNNING")
    assert _try_node(own_client, "p1").stdout == "p1\n"


def test_a_closed_node_says_nothing(practice: PracticeCluster, own_client: Client) -> None:
    practice.set_compute_ssh("closed")
    refused = _try_node(own_client, "p1")
    assert refused.returncode == 255
    assert "Access denied" not in refused.stderr
    assert "Connection closed" in refused.stderr


def test_a_failed_node_loses_its_job_to_the_queue_and_cannot_be_reached(
    practice: PracticeCluster, own_client: Client
) -> None:
    job = own_client.submit(
        "echo run $SLURM_RESTART_COUNT; exec sleep 600", "-o again.log --open-mode=append"
    )
    until(lambda: own_client.run("cat again.log").stdout == b"run 0\n", "the job to run")
    practice.fail_node("p1", requeue_seconds=0.5)
    assert _try_node(own_client, "p1").returncode == 255
    assert "down" in own_client.ask("sinfo -h -o '%N %t'")
    until(lambda: own_client.run("cat again.log").stdout == b"run 0\nrun 1\n", "the job to run again")
    assert own_client.squeue(job, "%T %N") == "RUNNING p2"
    practice.resume_node("p1")
    assert _try_node(own_client, "p1").stdout == "p1\n"


def test_a_failed_node_ends_a_job_that_may_not_go_back(practice: PracticeCluster, own_client: Client) -> None:
    job = own_client.submit("exec sleep 600", "--no-requeue")
    own_client.wait_for(job, "RUNNING")
    practice.fail_node("p1")
    assert own_client.squeue(job, "%T|%r|%N") == "NODE_FAIL|NodeDown|p1"


def test_an_unknown_switch_position_is_refused(practice: PracticeCluster) -> None:
    with pytest.raises(PracticeClusterError):
        practice.set_compute_ssh("ajar")


def _try_node(client: Client, node: str) -> subprocess.CompletedProcess[str]:
    through = " ".join([*client.ssh, "-q", "-W", "%h:22", client.alias])
    known = f"UserKnownHostsFile={client.folder}/home/.ssh/known_hosts"
    argv = [*client.ssh, "-o", known, "-o", f"ProxyCommand={through}", node, "hostname"]
    return subprocess.run(argv, capture_output=True, text=True, timeout=SECONDS)
