"""Command lines are read as Slurm reads them, and what is unknown is refused."""

import pytest

from jupystra_tui.demo.demo_job import Array, DemoJob
from jupystra_tui.demo.inventory import PRACTICE
from jupystra_tui.demo.scheduler_commands import CommandCall
from jupystra_tui.demo.slurm import COMMANDS, formats
from jupystra_tui.demo.slurm.batch_script import BatchScript
from jupystra_tui.demo.slurm.option_parser import SlurmError
from jupystra_tui.demo.slurm.sbatch import USAGE
from jupystra_tui.demo.slurm.sbatch_options import job_request
from tests.demo.client import Client
from tests.demo.manual_clock import ASKED


@pytest.mark.parametrize("command", sorted(COMMANDS))
@pytest.mark.parametrize(
    ("given", "complaint"),
    [("--nosuch=3", "unrecognized option '--nosuch=3'"), ("-Z", "invalid option -- 'Z'")],
)
def test_every_command_refuses_an_option_it_does_not_know(
    client: Client, command: str, given: str, complaint: str
) -> None:
    done = client.run(f"{command} {given}")
    assert done.returncode == (255 if command == "sbatch" else 1)
    assert done.stdout == b""
    assert done.stderr.decode().startswith(f"{command}: {complaint}\n")


@pytest.mark.parametrize(
    "command",
    [
        *(
            "squeue -o %$",
            "squeue -t nosuch",
            "squeue 45",
            "sinfo -o %x",
            "sinfo short",
            "sacct -n",
            "sacct -P -X 45",
        ),
        *("sacct -P -X -o Nosuch", "sacct -P -X -j abc", "scontrol", "scontrol update", "scontrol show node"),
        *(
            "scontrol show job abc",
            "scontrol show partition nosuch",
            "scancel",
            "scancel 45_[2-5%2]",
            "scancel 4x",
        ),
    ],
)
def test_every_command_refuses_arguments_it_does_not_know(client: Client, command: str) -> None:
    done = client.run(command)
    assert done.returncode == 1
    assert done.stderr != b""
    assert done.stdout == b""


def test_a_directive_with_an_unknown_option_is_refused(client: Client) -> None:
    done = client.run("sbatch --parsable", b"#!/bin/sh\n#SBATCH --nosuch=3\ntrue\n")
    assert done.stderr.startswith(b"sbatch: unrecognized option '--nosuch=3'\n")
    assert done.returncode == 255


@pytest.mark.parametrize(
    ("argv", "options", "rest"),
    [
        (
            ["--time=5", "-p", "short", "s.sh", "--time=9"],
            {"time": "5", "partition": "short"},
            ["s.sh", "--time=9"],
        ),
        (["--time", "5", "-pshort"], {"time": "5", "partition": "short"}, []),
        (["--job=x"], {"job-name": "x"}, []),
    ],
)
def test_options_are_read_as_getopt_reads_them(
    argv: list[str], options: dict[str, str], rest: list[str]
) -> None:
    assert USAGE.parse(argv) == (options, rest)


@pytest.mark.parametrize(
    ("argv", "complaint"),
    [
        (["--time"], "option '--time' requires an argument"),
        (["-t"], "option requires an argument -- 't'"),
        (["--parsable=yes"], "option '--parsable' doesn't allow an argument"),
        (["--pa=x"], "option '--pa=x' is ambiguous"),
    ],
)
def test_options_are_refused_in_getopts_words(argv: list[str], complaint: str) -> None:
    with pytest.raises(SlurmError) as refusal:
        USAGE.parse(argv)
    assert refusal.value.text.startswith(f"sbatch: {complaint}\n")


@pytest.mark.parametrize(
    ("time", "minutes"),
    [
        *(("90", 90), ("2:30", 3), ("1:00:00", 60), ("1-2", 1560), ("1-2:30", 1590), ("1-00:00:01", 1441)),
        *(("UNLIMITED", None), ("0", None)),
    ],
)
def test_walltimes_are_read_in_all_of_slurms_ways(time: str, minutes: int | None) -> None:
    call = CommandCall([], folder="/", environment={}, umask=0o022, read_stdin=str, print_error=print)
    request = job_request(call, BatchScript("", "x"), {"time": time}, PRACTICE)
    assert request.minutes == minutes


@pytest.mark.parametrize(
    ("megabytes", "exact", "rounded"),
    [(1000, "1000M", "1000M"), (2048, "2G", "2G"), (1536, "1536M", "1.50G"), (64000, "64000M", "62.50G")],
)
def test_memory_is_written_in_slurms_two_ways(megabytes: int, exact: str, rounded: str) -> None:
    assert (formats.memory(megabytes), formats.rounded_memory(megabytes)) == (exact, rounded)


@pytest.mark.parametrize(
    ("seconds", "short", "long"),
    [
        (7, "0:07", "00:00:07"),
        (3593, "59:53", "00:59:53"),
        (3600, "1:00:00", "01:00:00"),
        (86400, "1-00:00:00", ""),
    ],
)
def test_durations_are_written_in_slurms_two_ways(seconds: int, short: str, long: str) -> None:
    assert formats.short_time(seconds) == short
    assert formats.long_time(seconds) == (long or short)


@pytest.mark.parametrize(
    ("tasks", "waiting", "id"),
    [((2, 3, 4, 5), True, "45_[2-5%2]"), ((2, 4, 5), True, "45_[2,4-5%2]"), ((0,), False, "45_0")],
)
def test_arrays_are_written_as_squeue_shows_them(tasks: tuple[int, ...], waiting: bool, id: str) -> None:
    assert formats.job_id(DemoJob(50, ASKED, 0, 0, array=Array(45, tasks, 2, waiting))) == id
