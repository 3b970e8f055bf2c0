"""A job runs its script whatever the start-up files of a login shell do, and says what was wrong with them."""

import shutil

import pytest

from jupystra_tui.apps import login_shell
from jupystra_tui.model import JobRequest
from tests.apps.conftest import LoginNode
from tests.apps.jobs import BatchJob

WITHOUT_EXEC = 'they were read without "exec" and "exit"'
SYSTEM = "only /etc/profile was read"
FOR_EVER = "while :; do sleep 1; done"


def run(node: LoginNode, *profile: str) -> BatchJob:
    """Run a job to its end; jupyter-lab is on the PATH that ~/.bashrc and the start of ~/.bash_profile set."""
    node.fake("jupyter-lab")
    (node.home / ".bashrc").write_text(f"PATH='{node.environment['PATH']}'\n")
    job = BatchJob(node, JobRequest(setup=("shopt -q login_shell", "echo BEFORE=$BEFORE")), profile)
    assert job.wait(60) == 0, job.log
    assert job.told("node") == "c1\n"
    assert (node.home / "jupyter-lab.log").exists()
    assert {path.name for path in job.folder.iterdir()}.isdisjoint({"script", "began", "trace", "failure"})
    return job


@pytest.mark.parametrize(
    "line",
    [
        "exec zsh -l",
        "exec zsh",
        "exec fish",
        "exec tcsh",
        "[ -z $INSIDE ] && INSIDE=1 exec bash -l",
        "exec /bin/sh",
        "exit",
        "exit 3",
        "logout",
        "case $- in *i*) ;; *) exit 1 ;; esac",
        "set -e\nfalse",
        "set -eu\nexec zsh -l",
        "function start { exec zsh; }\nstart",
    ],
)
def test_a_line_that_ends_or_replaces_the_shell_is_left_out(node: LoginNode, line: str) -> None:
    shell = next((word for word in ("zsh", "fish", "tcsh") if word in line), "sh")
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    node.environment["PATH"] += ":/usr/bin"
    job = run(node, "export BEFORE=kept", line, "echo later >>~/later")
    assert WITHOUT_EXEC in job.log
    assert "BEFORE=kept\n" in job.log


@pytest.mark.parametrize(
    "line",
    [
        "return",
        "return 3",
        "[ $- = himBH ] || return",
        "read -r answer",
        "set -e",
        "set -euo pipefail",
        "false",
        "(exit 1)",
        "echo $(exec echo word)",
        "echo noise\necho noise >&2",
        "echo 'unbalanced",
        "exec 3>&1\necho noise >&3",
        "sleep 300 &",
        "set -o noclobber",
        "trap 'echo over' EXIT",
    ],
)
def test_start_up_files_that_a_login_shell_gets_through_are_read_as_they_are(
    node: LoginNode, line: str
) -> None:
    job = run(node, "export BEFORE=kept", line)
    assert "start-up files" not in job.log
    assert "BEFORE=kept\n" in job.log


@pytest.mark.parametrize("line", ["kill -KILL $$", "builtin exec zsh", "command exec sh -c :", FOR_EVER])
def test_what_cannot_be_left_out_is_not_read(
    node: LoginNode, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setattr(login_shell, "TRIAL_SECONDS", 1)
    monkeypatch.setattr(login_shell, "TRACE_SECONDS", 1)
    assert SYSTEM in run(node, line).log


@pytest.mark.parametrize("line", ["exec zsh", "exit", "kill -KILL $$"])
def test_a_file_for_all_scripts_is_left_out_too(node: LoginNode, line: str) -> None:
    (node.home / "env").write_text(f"{line}\n")
    profile = "export BASH_ENV=~/env"  # not from outside: /etc/profile may set it, as Lmod does
    assert "start-up files ends, replaces or holds up" in run(node, "export BEFORE=kept", profile).log


def test_what_fails_later_is_reported_with_the_start_up_file(node: LoginNode) -> None:
    job = BatchJob(node, JobRequest(setup=("module load jupyter",)), ["exec zsh -l"])
    assert job.wait() == 1
    assert job.told("failure").startswith("this set-up command failed on c1: module load jupyter (")
    assert "start-up files ends, replaces or holds up a login shell" in job.told("failure")
