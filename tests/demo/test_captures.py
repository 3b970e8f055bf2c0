"""The command stubs print what a real Slurm printed."""

import re

import pytest

from tests.demo import captures
from tests.demo.client import Client

REFUSED_ALIKE = (
    *("err-account", "err-constraint", "err-crlf", "err-emptyscript", "err-gres", "err-gres-wrongpart"),
    *("err-grestype", "err-mem", "err-memfmt", "err-noscript", "err-noshebang", "err-opt", "err-partition"),
    *("err-qos", "err-timefmt", "scancel-bad", "scancel-nonnumeric", "scontrol-badjob", "squeue-badjob"),
    "squeue-version",
)


@pytest.fixture(scope="module")
def home_with_script(client: Client) -> Client:
    """The captured commands submit a script of this name."""
    client.ask("printf '#!/bin/sh\\nexit 0\\n' > s.sh")
    return client


@pytest.mark.parametrize("name", REFUSED_ALIKE)
def test_the_same_command_prints_the_same_and_ends_the_same(home_with_script: Client, name: str) -> None:
    real = captures.run(name)
    played = home_with_script.run(f"({real.command}) 2>&1")
    assert (played.stdout.decode(), played.returncode) == (real.output, real.code)


@pytest.mark.parametrize(
    ("name", "reason"), [("err-time", "PartitionTimeLimit"), ("err-cpus", "PartitionConfig")]
)
def test_what_can_never_run_is_accepted(home_with_script: Client, name: str, reason: str) -> None:
    real = captures.run(name)
    said = home_with_script.ask(real.command)
    assert captures.shape(said) == captures.shape(real.output)
    job = said.split()[-1]
    assert home_with_script.squeue(job, "%T|%r|%S") == f"PENDING|{reason}|N/A"
    home_with_script.ask(f"scancel {job}")


@pytest.mark.parametrize("name", ["squeue-o-pipe", "sinfo-o", "sacct-P-fields"])
def test_every_column_has_a_shape_that_slurm_gives_it(client: Client, name: str) -> None:
    real = captures.run(name)
    command = real.command.replace("-S now-1hour", "-j 4690,4691,4692,4694")
    played = [line.split("|") for line in client.ask(command).splitlines()]
    shapes = list(zip(*([captures.shape(value) for value in row] for row in _rows(real.output)), strict=True))
    assert played
    for row in played:
        unknown = [
            value for value, known in zip(row, shapes, strict=True) if captures.shape(value) not in known
        ]
        assert unknown == []


def test_tables_have_slurms_headings_and_widths(client: Client) -> None:
    for name, command in (("squeue-me", "squeue --me"), ("sinfo", "sinfo")):
        assert client.ask(command).splitlines()[0] == captures.run(name).output.splitlines()[0]


def test_a_job_record_has_slurms_fields_in_slurms_order(client: Client) -> None:
    real = captures.run("scontrol-o-running").output
    job = client.submit("exec sleep 60", "--mem=2G -c 2")
    client.wait_for(job, "RUNNING")
    played = client.ask(f"scontrol -o show job {job}")
    assert _keys(played) == _keys(real)
    assert played.count("\n") == 1
    client.ask(f"scancel {job}")


def test_a_job_record_has_slurms_layout_on_many_lines(client: Client) -> None:
    real = captures.run("scontrol-running").output
    job = client.submit("exec sleep 60", "--mem=2G -c 2")
    client.wait_for(job, "RUNNING")
    played = client.ask(f"scontrol show job {job}")
    assert [_keys(line) for line in played.splitlines()] == [_keys(line) for line in real.splitlines()]
    client.ask(f"scancel {job}")


def test_partitions_have_slurms_fields_and_limits(client: Client) -> None:
    real = captures.run("scontrol-partition").output.splitlines()[0]
    short, long, gpu = client.ask("scontrol -o show partition").splitlines()
    assert _keys(short) == _keys(long) == _keys(gpu) == _keys(real)
    assert "PartitionName=short " in short
    assert "MaxTime=7-00:00:00 " in long
    assert "TRES=cpu=8,mem=31.25G,node=1,billing=8,gres/gpu=2" in gpu


def test_ping_names_the_controller(client: Client) -> None:
    assert captures.shape(client.ask("scontrol ping")) == captures.shape(captures.run("scontrol-ping").output)


def _rows(output: str) -> list[list[str]]:
    """The records that a `|` or newline in a job name did not break."""
    rows = [line.split("|") for line in output.splitlines()]
    width = len(rows[0])
    return [row for row in rows if len(row) == width]


def _keys(line: str) -> list[str]:
    return re.findall(r"(?:^| )([A-Z][^= ]*)=", line)
