"""Without a controller each command waits until it gives up: a poll runs one, not several."""

import os
import subprocess
from pathlib import Path

import pytest

from jupystra_tui.model import Job, JobState
from jupystra_tui.schedulers.slurm.slurm_listing import list_script
from jupystra_tui.schedulers.slurm.slurm_memo import SlurmMemo


@pytest.mark.parametrize(("code", "calls"), [(0, 2), (1, 1)])
def test_the_gpus_of_new_jobs_are_only_asked_for_where_squeue_answered(
    tmp_path: Path, code: int, calls: int
) -> None:
    memo = SlurmMemo()
    memo.with_gpus([Job("42", "42", "lab", JobState.RUNNING)])
    squeue, called = tmp_path / "squeue", tmp_path / "called"
    squeue.write_text(f"#!/bin/sh\necho >>{called}\nexit {code}\n")
    squeue.chmod(0o700)
    script = list_script("ada", "mark", (), memo)
    done = subprocess.run(["sh", "-c", script], env={"PATH": f"{tmp_path}:{os.defpath}"}, capture_output=True)
    assert done.returncode == code
    assert len(called.read_text().splitlines()) == calls
