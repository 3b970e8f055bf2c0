"""Patterns in the name of an output file, as `man sbatch` and `man bsub` have them."""

import pytest

from jupystra_tui.model import JobRequest
from jupystra_tui.schedulers.lsf import SCHEDULER as LSF
from jupystra_tui.schedulers.slurm import SCHEDULER as SLURM


@pytest.mark.parametrize(
    ("written", "sent", "shown"),
    [
        ("out-%j.log", "out-%j.log", "out-4711.log"),
        ("%8j.%A.%N.%a", "%8j.%A.%N.%a", "00004711.4711.%N.%a"),
        ("100%", "100%%", "100%"),
        ("100%%-%j", "100%%-%j", "100%-4711"),
        ("%q-%5%j-%", "%%q-%%5%j-%%", "%q-%54711-%"),
        ("%x-%u", "%x-%u", "%x-%u"),
        ("%J", "%J", "%J"),
    ],
)
def test_of_slurm(written: str, sent: str, shown: str) -> None:
    pattern = SLURM.output.read(written)
    assert pattern == sent
    assert SLURM.output.of_job(pattern, "4711") == shown
    [line] = [
        line
        for line in SLURM.submission.script_header(JobRequest(), f"/h/{pattern}", "t")
        if "--output" in line
    ]
    assert line == f"#SBATCH --output=/h/{sent}"


def test_what_is_known_before_is_put_in() -> None:
    assert SLURM.output.put("/s/%u/%x-%j", {"u": "ada", "x": "50%"}) == "/s/ada/50%%-%j"
    assert SLURM.output.symbols_in("%%j/%3j/%N") == ("%3j", "%N")
    assert LSF.output.symbols_in("%J/%3J/%j") == ("%J",)


@pytest.mark.parametrize(
    ("written", "shown", "word"),
    [
        ("out-%J.log", "out-4711.log", "/h/out-\"$LSB_JOBID\".log"),
        ("%J.%I", "4711.%I", '/h/"$LSB_JOBID".\"$LSB_JOBINDEX\"'),
        ("%j %%", "%j %%", "'/h/%j %%'"),
    ],
)  # fmt: skip
def test_of_lsf(written: str, shown: str, word: str) -> None:
    pattern = LSF.output.read(written)
    assert LSF.output.of_job(pattern, "4711") == shown
    assert f"exec >>{word} 2>&1" in LSF.submission.script_header(JobRequest(), f"/h/{pattern}", "t")[-1]
