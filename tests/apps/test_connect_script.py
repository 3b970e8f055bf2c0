"""The connect script as text: what it holds, what it does not, and what it refuses."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from jupystra_tui.apps.access import JUPYTER
from jupystra_tui.apps.connect_script import connect_script, script_name
from jupystra_tui.apps.discovery import DiscoveredServer
from jupystra_tui.model import AppServer, Cluster
from jupystra_tui.schedulers.loading import scheduler_named
from jupystra_tui.text import Secret


def found(job: str, tag: str, node: str, port: int, path: str = "/") -> DiscoveredServer:
    return DiscoveredServer(AppServer(job, tag, node, port, path), Secret("s3cret"), JUPYTER)


QUERY = scheduler_named("slurm").queue.state_query("4711")
SERVER = found("4711", "20261122-140312-3f9a", "c1", 17686)
HOSTILE = 'it\'s $(touch /tmp/x) `id` "*"'
SCRIPT = connect_script(Cluster(HOSTILE, "-oProxyCommand=x", ssh_config="/a b/c'd"), HOSTILE, QUERY, SERVER)


def test_hostile_names_stay_words(tmp_path: Path) -> None:
    head = SCRIPT.partition("set -u")[0]
    shown = subprocess.run(
        ["sh", "-c", head + 'printf "%s|%s|%s" "$cluster" "$login" "$config"'],
        capture_output=True, text=True, cwd=tmp_path, check=True,
    )  # fmt: skip
    assert shown.stdout == f"{HOSTILE}|{HOSTILE}|/a b/c'd"
    assert script_name("my cluster/../x", "15[2]") == "connect-my-cluster-..-x-15-2.sh"


def test_help_and_wrong_use(tmp_path: Path) -> None:
    script = tmp_path / "connect.sh"
    script.write_text(connect_script(Cluster("lab", "lab"), "ada", QUERY, SERVER))
    asked = subprocess.run(["sh", str(script), "-h"], capture_output=True, text=True)
    assert (asked.returncode, "login_ID" in asked.stdout, "(ada if left out)" in asked.stdout) == (
        0,
        True,
        True,
    )
    for words in (["-x"], ["a", "b"], ["-L", "many"], ["--", "-oProxyCommand=x"]):
        assert subprocess.run(["sh", str(script), *words], capture_output=True).returncode == 2


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="needs shellcheck")
@pytest.mark.parametrize("scheduler", ["slurm", "lsf"])
def test_shellcheck_finds_nothing(scheduler: str) -> None:
    script = connect_script(
        Cluster("lab", "lab"), "ada", scheduler_named(scheduler).queue.state_query("4711"), SERVER
    )
    done = subprocess.run(["shellcheck", "-s", "sh", "-"], input=script, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("scheduler", "answer", "word"),
    [
        ("slurm", "RUNNING", "running"), ("slurm", "PENDING", "waiting"), ("slurm", "CONFIGURING", "waiting"),
        ("slurm", "CANCELLED", "over"), ("slurm", "COMPLETED", "over"), ("slurm", "TIMEOUT", "over"),
        ("slurm", "slurm_load_jobs error: Invalid job id specified", "over"),
        ("slurm", "slurm_load_jobs error: Unable to contact slurm controller (connect failure)", ""),
        ("lsf", "9       lsfuser RUN   normal     login01     node01      jupyter    Nov 22 17:46", "running"),
        ("lsf", "16      lsfuser PEND  normal     login01        -        arr[1]     Nov 22 17:46", "waiting"),
        ("lsf", "1       lsfuser DONE  normal     login01     node01      sleep 60   Nov 22 17:41", "over"),
        ("lsf", "1       lsfuser EXIT  normal     login01     node01      sleep 60   Nov 22 17:41", "over"),
        ("lsf", "Job <999999> is not found", "over"), ("lsf", "batch system daemon not responding", ""),
    ],
)  # fmt: skip
def test_what_the_scheduler_says_becomes_one_word(scheduler: str, answer: str, word: str) -> None:
    states = scheduler_named(scheduler).queue.state_query("9").program
    assert (
        subprocess.run(["sed", "-n", states], input=answer, capture_output=True, text=True).stdout.strip()
        == word
    )


def test_no_word_of_a_job_or_tag_can_be_a_command() -> None:
    for server in (found("4711; id", "t1", "c1", 1), found("4711", "../x", "c1", 1)):
        with pytest.raises(ValueError, match="is no"):
            connect_script(Cluster("lab", "lab"), "ada", QUERY, server)
    assert re.search(r"^query=.*4711", SCRIPT, re.MULTILINE)
