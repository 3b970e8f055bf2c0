"""Submitting once and only once."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupystra_tui.apps.submission import WAIT_SECONDS, End, Submitted, parse_submitted, submit_script
from jupystra_tui.schedulers.lsf import SCHEDULER as LSF
from jupystra_tui.schedulers.slurm import SCHEDULER as slurm
from jupystra_tui.schedulers.slurm.slurm_failures import explain_failure
from tests.apps.conftest import LoginNode

SCRIPT = "#!/bin/bash -l\necho 'it''s'; echo \"$HOME\" `id` \\\nEND_OF_SCRIPT\n@COMMAND @BODY\n"
COMMAND = ("sbatch", "--parsable", "--output=$HOME/.jupystra/jobs/t1/jupyter.log", "a'b $x")
LOG = "$HOME/.jupystra/jobs/t1/jupyter.log"
MARK = "5f3a9c0d5f3a9c0d"


def submission(*options: str, log: str = LOG) -> str:
    return submit_script(
        "t1", SCRIPT, (COMMAND[0], *(options or COMMAND[1:])), slurm.submission.id_program(), log, MARK
    )


def read(out: bytes) -> Submitted:
    submitted = parse_submitted(out, MARK)
    assert submitted, out
    return submitted


def submit(login: LoginNode, script: str = "") -> tuple[Submitted, str]:
    """Run a submission; returns what it reported, and its errors."""
    out, err = login.run(script or submission())
    return read(out), err


def asked(login: LoginNode) -> int:
    """How often sbatch was run."""
    log = login.home / "sbatch.log"
    return log.read_text().count("\n") if log.exists() else 0


def count_waiting(login: LoginNode) -> None:
    """Have the script count its wait without waiting."""
    (login.commands / "sleep").write_text("#!/bin/sh\n")
    (login.commands / "sleep").chmod(0o755)


def wait_for(path: Path) -> None:
    end = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < end, f"{path} never came"
        time.sleep(0.01)


def test_the_script_arrives_byte_for_byte_and_the_answer_comes_back(login: LoginNode) -> None:
    login.fake("sbatch")
    submitted, err = submit(login)
    assert (submitted.end, submitted.code, submitted.kept) == (End.ANSWERED, 0, True)
    assert slurm.submission.parse_submit(submitted.text, err, submitted.code) == "4711;cluster"
    assert err == "sbatch: a notice\n"
    assert (login.home / "sbatch.script").read_text() == SCRIPT
    assert (
        login.home / "sbatch.log"
    ).read_text() == f"--parsable --output={login.jobs}/t1/jupyter.log a'b $x\n"


def test_the_folder_is_the_persons_alone_and_holds_the_id(login: LoginNode) -> None:
    login.fake("sbatch")
    login.run(submission())
    folder = login.jobs / "t1"
    assert (folder / "id").read_text() == "4711;cluster\n"
    for place in (login.home / ".jupystra", login.jobs, folder):
        assert place.stat().st_mode & 0o777 == 0o700
    for file in ("jupyter.log", "answer", "id"):
        assert (folder / file).stat().st_mode & 0o777 == 0o600


def test_a_second_run_reports_the_first_job(login: LoginNode) -> None:
    login.fake("sbatch")
    submit(login)
    assert submit(login) == (Submitted(End.KNOWN, 0, True, "4711;cluster"), "")
    assert asked(login) == 1


def test_a_job_that_already_wrote_its_id_is_not_submitted_again(login: LoginNode) -> None:
    login.fake("sbatch")
    login.folder("t1", id="4711\n")
    assert submit(login) == (Submitted(End.KNOWN, 0, True, "4711"), "")
    assert asked(login) == 0


def test_a_second_run_reports_the_first_refusal(login: LoginNode) -> None:
    """A refusal such as a time limit of the daemon may still have made a job: only another tag submits again."""
    login.fake("sbatch")
    refusal = "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation\n"
    (login.home / "sbatch.refuses").write_text(refusal)
    assert submit(login) == (Submitted(End.ANSWERED, 1, True, ""), refusal)
    (login.home / "sbatch.refuses").unlink()
    assert submit(login) == (Submitted(End.ANSWERED, 1, True, ""), refusal)
    assert asked(login) == 1


def test_a_lost_connection_does_not_stop_it_and_a_second_run_waits_for_its_answer(login: LoginNode) -> None:
    login.fake("sbatch")
    os.mkfifo(login.home / "sbatch.go")
    lost = login.begin(submission("--hang"))
    wait_for(login.home / "sbatch.waits")
    second = login.begin(submission("--hang"))
    assert lost.stdout
    assert lost.stderr
    lost.stdout.close()
    lost.stderr.close()
    os.kill(lost.pid, 1)  # what sshd sends when the line breaks
    (login.home / "sbatch.go").write_text("\n")
    out, _ = second.communicate(timeout=30)
    assert read(out) == Submitted(End.KNOWN, 0, True, "4711;cluster")
    assert asked(login) == 1
    lost.wait(30)
    assert (login.jobs / "t1/refusal").read_text() == "sbatch: waits\nsbatch: a notice\n"


def test_what_the_command_says_is_passed_on_at_once(login: LoginNode) -> None:
    login.fake("sbatch")
    os.mkfifo(login.home / "sbatch.go")
    running = login.begin(submission("--hang"))
    assert running.stderr
    assert running.stderr.readline() == b"sbatch: waits\n"  # it waits for what comes next
    (login.home / "sbatch.go").write_text("\n")
    assert read(running.communicate(timeout=30)[0]).end is End.ANSWERED


def test_three_at_once_submit_one_job(login: LoginNode) -> None:
    login.fake("sbatch")
    attempts = [login.begin(submission()) for _ in range(3)]
    answers = [read(attempt.communicate(timeout=30)[0]) for attempt in attempts]
    assert all("4711" in answer.text and answer.code == 0 for answer in answers)
    assert asked(login) == 1


@pytest.mark.parametrize("left", [{}, {"answer": "Welcome\n"}], ids=["nothing", "half an answer"])
def test_an_attempt_that_died_is_told_rather_than_repeated(login: LoginNode, left: dict[str, str]) -> None:
    login.fake("sbatch")
    count_waiting(login)
    (login.folder("t1", **left) / "submitting").mkdir()
    submitted, _ = submit(login)
    assert submitted.end is End.UNFINISHED
    assert asked(login) == 0


def test_an_lsf_answer_gives_the_id_too(node: LoginNode) -> None:
    (node.commands / "bsub").write_text('#!/bin/sh\necho "Job <9> is submitted to queue <normal>."\n')
    (node.commands / "bsub").chmod(0o755)
    node.run(
        submit_script("t2", SCRIPT, ("bsub",), LSF.submission.id_program(), LOG.replace("t1", "t2"), MARK)
    )
    assert (node.jobs / "t2" / "id").read_text() == "9\n"


def test_a_home_that_cannot_be_written_is_said_before_anything_is_sent(login: LoginNode) -> None:
    login.fake("sbatch")
    (login.home / ".jupystra").write_text("in the way")
    submitted, err = submit(login)
    assert submitted.end is End.UNWRITABLE
    assert "mkdir" in err
    assert asked(login) == 0


@pytest.fixture
def small_home(login: LoginNode) -> Iterator[Path]:
    """The login node's home as a file system of 64 KiB."""
    mounting = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(login.home)]
    if subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    yield login.home
    subprocess.run(["umount", "-l", str(login.home)], check=True)


def fill(home: Path) -> None:
    """Fill a file system to the last byte."""
    with (home / "data").open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            return


def test_a_full_home_is_said_before_anything_is_sent(login: LoginNode, small_home: Path) -> None:
    login.fake("sbatch")
    fill(small_home)
    submitted, err = submit(login)
    assert submitted.end is End.UNWRITABLE
    assert "No space left on device" in err
    assert asked(login) == 0


def test_a_home_that_fills_meanwhile_does_not_lose_the_answer(login: LoginNode, small_home: Path) -> None:
    (login.commands / "sbatch").write_text(
        "#!/bin/sh\ncat >/dev/null\ncat /dev/zero >$HOME/data 2>/dev/null\necho 4711\necho note >&2\n"
    )
    (login.commands / "sbatch").chmod(0o755)
    submitted, err = submit(login)
    assert submitted == Submitted(End.ANSWERED, 0, False, "4711")
    assert err == "note\n"


@pytest.mark.parametrize(
    ("log", "end"),
    [
        ("$HOME/nowhere/out.log", End.NO_FOLDER),
        ("/nowhere/at all/out.log", End.NO_FOLDER),
        ("$HOME/sbatch/out.log", End.NO_FOLDER),
        ("$HOME/logs", End.IS_FOLDER),
        ("/proc/out.log", End.NOT_WRITABLE),
        ("$HOME/logs/it's new.log", End.ANSWERED),
        ("$HOME/logs/old.log", End.ANSWERED),
        ("/dev/null", End.ANSWERED),
    ],
)
def test_an_output_file_that_cannot_be_is_said_before_anything_is_sent(
    login: LoginNode, log: str, end: End
) -> None:
    login.fake("sbatch")
    (login.home / "logs").mkdir()
    (login.home / "logs/old.log").write_text("old\n")
    (login.home / "sbatch").write_text("a file")
    submitted, _ = submit(login, submission(log=log))
    assert submitted.end is end
    assert asked(login) == (1 if end is End.ANSWERED else 0)
    assert (login.home / "logs/old.log").read_text() == "old\n"


def test_a_missing_sbatch_is_said(login: LoginNode) -> None:
    submitted, err = submit(login)
    assert submitted.code == 127
    assert explain_failure(127, err, "sbatch").title == "sbatch was not found on the login node"


def test_an_answer_that_was_cut_off_is_none() -> None:
    whole = f"banner\n\x1e{MARK}answered\x1f0\x1fyes\x1f4711".encode()
    assert read(whole).text == "4711"
    assert all(parse_submitted(whole[:end], MARK) is None for end in range(whole.rindex(b"\x1f") + 1))


def test_the_text_is_what_sh_understands(node: LoginNode) -> None:
    assert WAIT_SECONDS
    for shell in filter(None, map(shutil.which, ("sh", "dash", "bash"))):
        subprocess.run([shell, "-n"], input=submission(), text=True, check=True)
