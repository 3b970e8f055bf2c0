"""The least that a request may say, and what a refusal says, word for word."""

import pytest

from jupystra_tui.errors import SchedulerError
from jupystra_tui.model import JobRequest
from jupystra_tui.schedulers.lsf import SCHEDULER as lsf
from jupystra_tui.schedulers.slurm import SCHEDULER as slurm

TAG = "20261122-140312-3f9a"
LOG = "$HOME/.jupystra/jobs/t/jupyter.log"


def header(request: JobRequest) -> tuple[str, ...]:
    return slurm.submission.script_header(request, LOG, TAG)


def test_small_values_are_requested_and_zero_is_not() -> None:
    least = header(JobRequest(walltime=1, memory=1))
    assert "#SBATCH --time=00:00:01" in least
    assert "#SBATCH --mem=1M" in least
    none = "\n".join(header(JobRequest(walltime=0, memory=0)))
    assert "--time" not in none
    assert "--mem" not in none


@pytest.mark.parametrize("seconds", [86400, 90061])
def test_days_are_written_only_if_there_are_any(seconds: int) -> None:
    [line] = [line for line in header(JobRequest(walltime=seconds)) if "--time" in line]
    assert line == f"#SBATCH --time=1-{'00:00:00' if seconds == 86400 else '01:01:01'}"


@pytest.mark.parametrize(("stdout", "stderr"), [("", "no such partition"), ("no such partition", " \n")])
def test_a_refusal_is_found_where_it_was_printed(stdout: str, stderr: str) -> None:
    with pytest.raises(SchedulerError) as caught:
        slurm.submission.parse_submit(stdout, stderr, 1)
    assert "no such partition" in f"{caught.value.title}{caught.value.detail}"


@pytest.mark.parametrize(
    ("log", "word"),
    [
        ("$HOME/.jupystra/a b.log", "\"$HOME\"'/.jupystra/a b.log'"),
        ("/scratch/a b.log", "'/scratch/a b.log'"),
        ("/scratch/$HOME.log", "'/scratch/$HOME.log'"),
    ],
)
def test_only_the_home_folder_is_expanded_by_the_shell(log: str, word: str) -> None:
    assert f"exec >>{word} 2>&1" in lsf.submission.script_header(JobRequest(), log, TAG)[-1]
