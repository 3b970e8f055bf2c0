"""Jobs that really run."""

import shlex

import pytest

from tests.demo.client import Client, until

SCRIPT = b"""#!/bin/bash -l
#SBATCH --job-name="a b"  # with a comment
#SBATCH --partition=gpu --gres=gpu:a100:1 --cpus-per-task=2
#SBATCH --mem=2G
#SBATCH --time=2:30

echo "$SLURM_JOB_ID $SLURM_JOB_NAME $SLURM_JOB_NODELIST $SLURMD_NODENAME $SLURM_CPUS_ON_NODE"
hostname
pwd
echo "$GREETING"
command -v squeue python jupyter | wc -l
exec sleep 600
#SBATCH --time=9:00:00
"""


def test_a_job_script_runs_on_a_node_as_its_directives_say(client: Client) -> None:
    submit = "mkdir -p work; cd work; GREETING=hello sbatch --parsable --output=%j.log --open-mode=append"
    job = client.ask(submit, SCRIPT).strip()
    client.wait_for(job, "RUNNING")
    assert client.squeue(job, "%j|%P|%C|%m|%l|%b|%N") == "a b|gpu|2|2G|3:00|gres:gpu:a100:1|p2"
    lines = until(
        lambda: (lines := client.ask(f"cat work/{job}.log").splitlines())[4:] and lines, "its output"
    )
    assert lines == [
        f"{job} a b p2 p2 2",
        "p2",
        f"{client.folder}/home/work",
        "hello",
        "3",
    ]
    client.ask(f"scancel {job}")
    client.wait_for(job, "CANCELLED")
    assert f"*** JOB {job} ON p2 CANCELLED AT " in client.ask(f"cat work/{job}.log")


def test_options_on_the_command_line_outdo_those_in_the_script(client: Client) -> None:
    job = client.ask("sbatch --parsable -p short --gres=gpu:1 -J other", SCRIPT).strip()
    assert client.squeue(job, "%j|%P|%b") == "other|short|gres:gpu:1"
    client.ask(f"scancel {job}")


@pytest.mark.parametrize("name", ["a|b 'c' \"d\"", "ünïcødé-日本-😀", "two\nlines\tand a tab", "\\back%s"])
def test_a_name_is_printed_raw(client: Client, name: str) -> None:
    job = client.submit("true", f"--job-name={shlex.quote(name)}")
    assert client.squeue(job, "%j") == name


@pytest.mark.parametrize(
    ("script", "state", "code"),
    [("exit 0", "COMPLETED", "0:0"), ("exit 3", "FAILED", "3:0"), ("kill -9 $$", "FAILED", "0:9")],
)
def test_accounting_says_how_a_job_ended(client: Client, script: str, state: str, code: str) -> None:
    job = client.submit(script)
    client.wait_for(job, state)
    assert client.ask(f"sacct -n -P -X -j {job} -o JobIDRaw,State,ExitCode") == f"{job}|{state}|{code}\n"
    assert client.squeue(job, "%r") in ("None", "NonZeroExitCode", "JobLaunchFailure")


def test_a_job_whose_output_cannot_be_written_fails_at_once(client: Client) -> None:
    job = client.submit("true", "--output=nowhere/at/all.log")
    client.wait_for(job, "FAILED")
    accounted = client.ask(f"sacct -n -P -X --delimiter=/ -j {job} -o State,ExitCode,Elapsed")
    assert accounted == "FAILED/0:53/00:00:00\n"
    assert client.squeue(job, "%r") == "JobLaunchFailure"


def test_output_is_appended_or_truncated(client: Client) -> None:
    for mode, expected in (("append", "one\ntwo\n"), ("truncate", "two\n")):
        client.ask("echo one > out.log")
        job = client.submit("echo two", f"--output=out.log --open-mode={mode}")
        client.wait_for(job, "COMPLETED")
        assert client.ask("cat out.log") == expected


def test_a_cancelled_job_is_cancelled_by_its_user(client: Client) -> None:
    job = client.submit("exec sleep 600")
    client.wait_for(job, "RUNNING")
    client.ask(f"scancel {job} 999999")
    client.wait_for(job, "CANCELLED")
    user = client.ask("id -u").strip()
    assert client.ask(f"sacct -nPX -j {job} -o State") == f"CANCELLED by {user}\n"
    assert client.ask(f"squeue -h -j {job}") == ""


def test_tasks_of_the_other_array_are_known_by_number(client: Client) -> None:
    shown = client.ask("squeue -h -u you -t PD,R -o '%i %A %K %j'")
    assert "4693_[2-5%2] 4693 2-5%2 sweep\n4693_0 4694 0 sweep\n4693_1 4695 1 sweep\n" in shown
    refused = client.run("scancel '4693_[2-5%2]'")
    assert refused.returncode == 1
