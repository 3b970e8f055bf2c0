"""The batch script: what it says, and what it does on a node."""

import os
import shutil
import socket
import subprocess

import pytest

from jupystra_tui.model import JobRequest
from tests.apps.conftest import LoginNode
from tests.apps.jobs import BatchJob, script_of


def started(node: LoginNode) -> dict[str, str]:
    """Return how the stand-in for jupyter-lab was started: its words, and its environment."""
    lines = (node.home / "jupyter-lab.log").read_text().splitlines()
    told = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("argument"))
    told |= dict(line.split(" ", 1) for line in lines if line.startswith(("directory ", "mask ")))
    return told | {"words": " ".join(line.split(" ", 1)[1] for line in lines if line.startswith("argument "))}


def served(lines: list[str]) -> str:
    """Return the line that starts the server: the last one of what runs in the login shell."""
    return lines[lines.index("END_OF_SCRIPT") - 1]


def test_directives_come_first_and_the_server_last() -> None:
    lines = script_of(JobRequest()).splitlines()
    assert lines[:2] == ["#!/bin/sh", "#SBATCH --job-name=lab"]
    assert (
        served(lines) == 'exec jupyter-lab --no-browser --ip=127.0.0.1 --port="$port" --certfile= --keyfile='
    )
    assert len(lines) < 130


def test_no_secret_stands_in_it() -> None:
    script = script_of(JobRequest())
    assert "JUPYTER_TOKEN_FILE=" in script
    assert "--ServerApp.token" not in script
    assert "/dev/urandom" in script


def test_a_wanted_port_is_that_one_or_none() -> None:
    script = script_of(JobRequest(port=8888, server="notebook"))
    assert "\nport=8888\n" in script
    end = served(script.splitlines())
    assert end.startswith('exec jupyter-notebook --no-browser --ip=127.0.0.1 --port="$port" ')
    assert end.endswith(" --ServerApp.port_retries=0")


@pytest.mark.parametrize("folder", ["/home/o'neil/x; rm -rf $HOME", "$HOME/a b`id`", "/home/ünï/日本"])
def test_a_folder_is_one_word(folder: str) -> None:
    script = script_of(JobRequest(), folder)
    [line] = [line for line in script.splitlines() if line.startswith("jupystra_folder=")]
    told = subprocess.run(
        ["bash", "-c", f"{line}\nprintf %s \"$jupystra_folder\""], capture_output=True, text=True, check=True
    )  # fmt: skip
    assert told.stdout == (os.environ["HOME"] + folder[5:] if folder.startswith("$HOME") else folder)


def test_jupyter_is_started_with_a_private_folder_and_a_token_file(node: LoginNode) -> None:
    node.fake("jupyter-lab")
    job = BatchJob(node, JobRequest(setup=("umask 027",)))
    assert job.wait() == 0, job.log
    told = started(node)
    assert told["JUPYTER_RUNTIME_DIR"] == str(job.folder / "runtime")
    assert told["JUPYTER_TOKEN_FILE"] == str(job.folder / "token")
    assert 10000 <= int(told["words"].split("--port=")[1].split()[0]) < 32000
    assert (job.told("id"), job.told("node")) == ("4711\n", "c1\n")
    assert (job.folder / "token").stat().st_mode & 0o777 == 0o600
    assert len(job.told("token")) == 48
    assert job.told("token").isalnum()
    assert (job.folder / "runtime").stat().st_mode & 0o777 == 0o700
    assert told["mask"] == "0027"  # people's notebooks keep the access they chose
    assert job.told("token") not in job.log


def test_the_login_sessions_leftovers_are_not_taken_along(node: LoginNode) -> None:
    node.fake("jupyter-lab")
    node.environment |= {"XDG_RUNTIME_DIR": "/run/user/6001", "JUPYTER_TOKEN": "known to all", "port": "22"}
    assert BatchJob(node, JobRequest()).wait() == 0
    told = started(node)
    assert {"XDG_RUNTIME_DIR", "JUPYTER_TOKEN"}.isdisjoint(told)
    assert "--port=22 " not in told["words"]


def test_a_requeued_job_forgets_its_first_run_but_for_the_token(node: LoginNode) -> None:
    node.fake("jupyter-lab")
    first = BatchJob(node, JobRequest())
    first.wait()
    token = first.told("token")
    (first.folder / "runtime" / "jpserver-9.json").write_text("{}")
    (first.folder / "failure").write_text("before")
    second = BatchJob(node, JobRequest())
    second.wait()
    assert list((second.folder / "runtime").iterdir()) == []
    assert not (second.folder / "failure").exists()
    assert second.told("token") == token


def test_of_one_submission_taken_twice_the_first_job_alone_serves(node: LoginNode) -> None:
    node.fake("jupyter-lab")
    lsf = {"LSB_JOBID": "81", "LSB_MCPU_HOSTS": "node01 2 node02 2"}
    first = BatchJob(node, JobRequest(), scheduler=lsf)
    assert first.wait() == 0
    assert (first.told("id"), first.told("node")) == ("81\n", "node01\n")
    first.log_path.write_text("")
    twin = BatchJob(node, JobRequest(), scheduler=lsf | {"LSB_JOBID": "82"})
    assert twin.wait() == 0
    assert "took this twice; job 81 serves it" in twin.log
    assert twin.told("id") == "81\n"
    again = BatchJob(node, JobRequest(), scheduler=lsf)  # run anew by the scheduler, under the same id
    again.wait()
    assert started(node)["words"]
    assert "took this twice" not in again.log.rpartition("serves it")[2]


def test_set_up_runs_in_order_in_the_shell_that_starts_jupyter(node: LoginNode) -> None:
    node.fake("jupyter-lab")
    setup = (
        "bring py",
        'export WORD="it\'s"',
        "mkdir -p 'a b' # why not",
        "cd 'a b'",
        "",
        "cat <<E >f\n$WORD\nE",
    )
    job = BatchJob(node, JobRequest(setup=setup), ["bring() { export BROUGHT=$1; }"])
    assert job.wait() == 0, job.log
    told = started(node)
    assert (told["BROUGHT"], told["WORD"]) == ("py", "it's")
    assert told["directory"] == str(node.home / "a b")
    assert (node.home / "a b" / "f").read_text() == "it's\n"


@pytest.mark.parametrize(
    "line", ["cd /nowhere", "echo 'unbalanced", "false", "nosuchcommand", "(", "done", "}", "cd \\"]
)
def test_set_up_that_fails_stops_the_job_and_says_so(node: LoginNode, line: str) -> None:
    node.fake("jupyter-lab")
    job = BatchJob(node, JobRequest(setup=("true", line, "touch after")))
    assert job.wait() == 1
    assert not (node.home / "after").exists()
    assert job.told("failure") == f"this set-up command failed on c1: {line}\n"
    assert job.log.endswith(f"jupystra: this set-up command failed on c1: {line}\n")


@pytest.mark.parametrize(
    ("folder", "place"),
    [
        ("~/my work", "my work"),
        ("$PROJECT/it's", "it's"),
        ("${PROJECT}", "."),
        ("it's", "it's"),
        ("-dash", "-dash"),
    ],
)
def test_the_working_folder_is_where_jupyter_starts(node: LoginNode, folder: str, place: str) -> None:
    node.fake("jupyter-lab")
    node.environment["PROJECT"] = str(node.home)
    (node.home / place).mkdir(exist_ok=True)
    assert BatchJob(node, JobRequest(folder=folder)).wait() == 0
    assert started(node)["directory"] == str((node.home / place).resolve())


@pytest.mark.parametrize(
    "folder", ["$(touch oops)", "`touch oops`", "; touch oops", "~$(touch oops)", "$X;touch oops"]
)
def test_a_folder_runs_nothing(node: LoginNode, folder: str) -> None:
    node.fake("jupyter-lab")
    assert BatchJob(node, JobRequest(folder=folder)).wait() == 1
    assert not (node.home / "oops").exists()


def test_jupyter_on_the_path_of_interactive_shells_only_is_found(node: LoginNode) -> None:
    (node.home / "hidden").mkdir()
    node.fake("jupyter-lab").rename(node.home / "hidden" / "jupyter-lab")
    guarded = "echo noise; read -r answer\ncase $- in *i*) ;; *) return ;; esac\n"
    (node.home / ".bashrc").write_text(f'{guarded}printf "PATH=/wrong\\n"\nPATH="$HOME/hidden:$PATH"\n')
    job = BatchJob(node, JobRequest())
    assert job.wait() == 0, job.log
    assert started(node)["PATH"].startswith(f"{node.home}/hidden:")


@pytest.mark.parametrize(
    ("shell", "start_file", "line"),
    [
        ("tcsh", ".tcshrc", 'echo noise; setenv PATH "$HOME/hidden:$PATH"'),
        ("zsh", ".zshrc", 'echo noise; PATH="$HOME/hidden:$PATH"'),
    ],
)
def test_other_login_shells_are_asked_too(node: LoginNode, shell: str, start_file: str, line: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    (node.home / "hidden").mkdir()
    node.fake("jupyter-lab").rename(node.home / "hidden" / "jupyter-lab")
    (node.home / start_file).write_text(f"{line}\n")
    node.environment["SHELL"] = shutil.which(shell) or shell
    job = BatchJob(node, JobRequest())
    assert job.wait() == 0, job.log


@pytest.mark.parametrize("base", [".local", "miniforge3", "miniconda3", "anaconda3"])
def test_jupyter_in_a_usual_place_is_found(node: LoginNode, base: str) -> None:
    (node.home / base / "bin").mkdir(parents=True)
    node.fake("jupyter-lab").rename(node.home / base / "bin" / "jupyter-lab")
    job = BatchJob(node, JobRequest())
    assert job.wait() == 0, job.log


def test_jupyter_that_is_nowhere_is_said_with_all_that_was_tried(node: LoginNode) -> None:
    job = BatchJob(node, JobRequest())
    assert job.wait() == 127
    assert job.told("failure").startswith("jupyter-lab was not found on c1; tried: ")
    assert job.told("failure").count("\n") == 1
    assert job.log.endswith(f"jupystra: {job.told('failure')}")


@pytest.mark.parametrize(
    "profile",
    [["set -eu"], ["echo noise; echo noise >&2"], ["false", "cd /nowhere"], ["set -o noclobber", "set -f"]],
)
def test_odd_profiles_do_not_matter(node: LoginNode, profile: list[str]) -> None:
    node.fake("jupyter-lab")
    for _ in range(2):
        job = BatchJob(node, JobRequest(setup=("cd .",)), profile)
        assert job.wait() == 0, job.log
    assert job.told("node") == "c1\n"


def test_conda_is_there_before_it_is_asked_to_activate(node: LoginNode) -> None:
    node.fake("jupyter-lab")
    place = node.home / "miniforge3" / "etc" / "profile.d"
    place.mkdir(parents=True)
    (place / "conda.sh").write_text("conda() { export ACTIVE=$2; }\n")
    job = BatchJob(node, JobRequest(setup=("conda activate science",)))
    assert job.wait() == 0, job.log
    assert started(node)["ACTIVE"] == "science"


def test_a_conda_that_is_there_already_is_the_one(node: LoginNode) -> None:
    node.fake("jupyter-lab")
    profile = ["conda() { export ACTIVE=mine-$2; }"]
    assert BatchJob(node, JobRequest(setup=("conda activate science",)), profile).wait() == 0
    assert started(node)["ACTIVE"] == "mine-science"


def test_a_port_in_use_is_not_drawn(node: LoginNode) -> None:
    node.fake("jupyter-lab")
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        script = script_of(JobRequest())
        [draw] = [line for line in script.splitlines() if line.startswith("until")]
        first = draw.replace("$((10000 + RANDOM % 22000))", "${tries[n++]}")
        told = subprocess.run(
            ["bash", "-c", f"tries=({port} 1)\n{first}\necho $port"], capture_output=True, text=True, check=True
        )  # fmt: skip
    assert told.stdout == "1\n"
