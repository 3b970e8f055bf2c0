"""Every script that is sent, under shellcheck's eye where that is installed."""

import shutil
import subprocess

import pytest

from jupystra_tui.apps.discovery import discovery_script, one_folder_script
from jupystra_tui.apps.folder import log_script, prune_script
from jupystra_tui.apps.submission import submit_script
from jupystra_tui.model import JobRequest
from jupystra_tui.schedulers.lsf import SCHEDULER as LSF
from jupystra_tui.schedulers.slurm import SCHEDULER as SLURM
from tests.apps.jobs import script_of

ON_PURPOSE = (
    "SC1090,SC1091,SC2016,SC2317"  # files of the cluster; quoted for `eval`; called by a trap or a file
)
LOG = "$HOME/.jupystra/jobs/t1/jupyter.log"
WHOLE = JobRequest(setup=("module load jupyterlab", "conda activate it's"), folder="~/a b", server="notebook")
FIXED = JobRequest(port=8888)


def job(request: JobRequest) -> str:
    return script_of(request)


def check(script: str, dialect: str) -> None:
    argv = ["shellcheck", f"--shell={dialect}", f"--exclude={ON_PURPOSE}", "-"]
    told = subprocess.run(argv, input=script, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


@pytest.fixture(autouse=True)
def _installed() -> None:
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed")


@pytest.mark.parametrize("request_", [JobRequest(), WHOLE, FIXED], ids=["plain", "whole", "fixed port"])
def test_batch_scripts(request_: JobRequest) -> None:
    script = job(request_)
    check(script, "sh")
    in_login_shell = script.partition("<<'END_OF_SCRIPT' ")[2].partition("\n")[2]
    check(in_login_shell.partition("\nEND_OF_SCRIPT\n")[0] + "\n", "bash")


@pytest.mark.parametrize(
    "script",
    [
        discovery_script("mark"),
        one_folder_script("t1", "mark"),
        log_script("4711", "mark"),
        prune_script(30, ["4711"]),
        submit_script(
            "t1",
            job(WHOLE),
            SLURM.submission.submit_command(WHOLE, LOG, "t1"),
            SLURM.submission.id_program(),
            LOG,
            "mark",
        ),
        SLURM.submission.lookup_script(WHOLE, "t1"),
        SLURM.site.partitions_script(),
        LSF.site.survey_script(),
        LSF.queue.list_script("ada", "mark"),
        LSF.site.partitions_script(),
    ],
    ids=[
        "look",
        "look one",
        "log",
        "prune",
        "submit",
        "look up",
        "partitions",
        "LSF's survey",
        "LSF's list",
        "LSF's queues",
    ],
)
def test_scripts_for_the_login_node(script: str) -> None:
    check(script, "sh")
