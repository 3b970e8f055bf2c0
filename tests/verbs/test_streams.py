"""What becomes of a result that nobody can read: closed, full and narrow standard streams."""

import subprocess
from pathlib import Path

import pytest

from jupystra_tui.demo import PracticeCluster

from .running import PROGRAM, SECONDS, start, told


def in_shell(redirected: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `jupystra WORDS` as a shell does with what is `redirected`; says its exit status on standard error."""
    script = f'{{ "$@" {redirected}; echo "ended $?" >&2; }}'
    return subprocess.run(
        ["sh", "-c", script, "sh", *PROGRAM, *words], capture_output=True, text=True, timeout=SECONDS
    )


@pytest.mark.parametrize("redirected", [">&-", ">/dev/full", ">&- <&-"])
def test_a_result_that_cannot_be_written_is_an_error_of_its_own(laptop: Path, redirected: str) -> None:
    said, ended = in_shell(redirected, "status").stderr.splitlines()
    assert said.startswith("jupystra: Standard output cannot be written: ")
    assert ended == "ended 6"


def test_a_job_is_named_where_its_result_cannot_be_written(slow_queue: PracticeCluster, worker: Path) -> None:
    said = in_shell(">/dev/full", *start(slow_queue), "--json", "--quiet").stderr
    [job] = [one["job_id"] for one in told("list")[1]["jobs"]]
    assert f"Job {job} continues. Run `jupystra connect {job}`" in said
    assert said.endswith("ended 6\n")


def test_a_reader_that_has_read_enough_is_no_error(laptop: Path) -> None:
    script = '{ "$@"; echo "ended $?" >&2; } | false'
    done = subprocess.run(
        ["sh", "-c", script, "sh", *PROGRAM, "completion", "bash"], capture_output=True, text=True, timeout=SECONDS
    )  # fmt: skip
    assert done.stderr == "ended 141\n"


@pytest.mark.parametrize("redirected", ["2>&-", "2>/dev/full"])
def test_what_is_said_beside_a_result_may_be_lost(laptop: Path, redirected: str) -> None:
    done = in_shell(redirected, "status")
    assert (done.stdout, done.stderr) == ("No worker is running\n", "ended 1\n")
