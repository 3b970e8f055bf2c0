"""Submitting once and only once."""

import os
import subprocess
import time
from pathlib import Path

from jupystra_tui.jupyter.submission import UNFINISHED, submit_script
from jupystra_tui.schedulers.slurm import Slurm
from tests.jupyter.conftest import LoginNode

slurm = Slurm()
SCRIPT = "#!/bin/bash -l\necho 'it''s'; echo \"$HOME\" `id` \\\nEND_OF_SCRIPT\n"
COMMAND = ("sbatch", "--parsable", "--output=$HOME/.jupystra/jobs/t1/jupyter.log", "a'b $x")


def submission(*options: str) -> str:
    return submit_script("t1", SCRIPT, (COMMAND[0], *(options or COMMAND[1:])))


def code_of(script: str) -> str:
    return f"{script}\nprintf 'code %s' $?"


def wait_for(path: Path) -> None:
    end = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < end, f"{path} never came"
        time.sleep(0.01)


def test_the_script_arrives_byte_for_byte_and_the_answer_comes_back(login: LoginNode) -> None:
    login.fake("sbatch")
    out, err = login.run(code_of(submission()))
    answer, _, code = out.decode().rpartition("code ")
    assert slurm.parse_submit(answer, err, int(code)) == "4711"
    assert err == "sbatch: a notice\n"
    assert (login.home / "sbatch.script").read_text() == SCRIPT
    assert (
        login.home / "sbatch.log"
    ).read_text() == f"--parsable --output={login.jobs}/t1/jupyter.log a'b $x\n"


def test_the_folder_is_the_persons_alone_and_holds_the_id(login: LoginNode) -> None:
    login.fake("sbatch")
    login.run(submission())
    folder = login.jobs / "t1"
    assert (folder / "id").read_text() == "4711\n"
    for place in (login.home / ".jupystra", login.jobs, folder):
        assert place.stat().st_mode & 0o777 == 0o700
    assert (folder / "jupyter.log").stat().st_mode & 0o777 == 0o600


def test_a_second_run_tells_the_first_answer(login: LoginNode) -> None:
    login.fake("sbatch")
    first, _ = login.run(submission())
    second, _ = login.run(submission())
    assert second == first
    assert (login.home / "sbatch.log").read_text().count("\n") == 1


def test_a_job_that_already_wrote_its_id_is_not_submitted_again(login: LoginNode) -> None:
    login.fake("sbatch")
    login.folder("t1", id="4711\n")
    out, err = login.run(code_of(submission()))
    assert (out, err) == (b"4711\ncode 0", "")
    assert not (login.home / "sbatch.log").exists()


def test_after_a_refusal_it_can_be_tried_again(login: LoginNode) -> None:
    login.fake("sbatch")
    (login.home / "sbatch.refuses").write_text(
        "sbatch: error: Batch job submission failed: Invalid qos specification\n"
    )
    out, err = login.run(code_of(submission()))
    assert (out, err) == (b"code 1", (login.home / "sbatch.refuses").read_text())
    (login.home / "sbatch.refuses").unlink()
    out, _ = login.run(submission())
    assert slurm.parse_submit(out.decode(), "", 0) == "4711"


def test_a_lost_connection_does_not_stop_it_and_a_second_run_waits_for_its_answer(node: LoginNode) -> None:
    node.fake("sbatch")
    os.mkfifo(node.home / "sbatch.go")
    lost = node.begin(submission("--hang"))
    wait_for(node.home / "sbatch.waits")
    second = node.begin(code_of(submission("--hang")))
    assert lost.stdout
    assert lost.stderr
    lost.stdout.close()
    lost.stderr.close()
    os.kill(lost.pid, 1)  # what sshd sends when the line breaks
    (node.home / "sbatch.go").write_text("\n")
    out, _ = second.communicate(timeout=30)
    assert out.endswith(b"4711;cluster\ncode 0")
    assert (node.home / "sbatch.log").read_text().count("\n") == 1
    lost.wait(30)


def test_three_at_once_submit_one_job(login: LoginNode) -> None:
    login.fake("sbatch")
    attempts = [login.begin(code_of(submission())) for _ in range(3)]
    answers = [attempt.communicate(timeout=30)[0] for attempt in attempts]
    assert all(b"4711" in answer and answer.endswith(b"code 0") for answer in answers)
    assert (login.home / "sbatch.log").read_text().count("\n") == 1


def test_an_attempt_that_died_is_told_rather_than_repeated(node: LoginNode) -> None:
    node.fake("sbatch")
    (node.commands / "sleep").write_text("#!/bin/sh\n")  # the wait is counted, not timed
    (node.commands / "sleep").chmod(0o755)
    (node.folder("t1") / "submitting").mkdir()
    out, err = node.run(code_of(submission()))
    assert out == f"code {UNFINISHED}".encode()
    assert "look at the queue first" in err
    assert not (node.home / "sbatch.log").exists()


def test_an_attempt_that_died_after_the_answer_is_brought_to_its_end(node: LoginNode) -> None:
    node.fake("sbatch")
    (node.commands / "sleep").write_text("#!/bin/sh\n")
    (node.commands / "sleep").chmod(0o755)
    (node.folder("t1", answer="Welcome\n4711;cluster\n") / "submitting").mkdir()
    out, _ = node.run(code_of(submission()))
    assert out == b"Welcome\n4711;cluster\ncode 0"
    assert (node.jobs / "t1" / "id").read_text() == "4711\n"


def test_an_lsf_answer_gives_the_id_too(node: LoginNode) -> None:
    (node.commands / "bsub").write_text('#!/bin/sh\necho "Job <9> is submitted to queue <normal>."\n')
    (node.commands / "bsub").chmod(0o755)
    node.run(submit_script("t2", SCRIPT, ("bsub",)))
    assert (node.jobs / "t2" / "id").read_text() == "9\n"


def test_a_home_that_cannot_be_written_is_said(login: LoginNode) -> None:
    login.fake("sbatch")
    (login.home / ".jupystra").write_text("in the way")
    out, err = login.run(code_of(submission()))
    assert out == b"code 73"
    assert "mkdir" in err
    assert not (login.home / "sbatch.log").exists()


def test_a_missing_sbatch_is_said(login: LoginNode) -> None:
    out, err = login.run(code_of(submission()))
    assert out == b"code 127"
    assert slurm.explain_failure(127, err, "sbatch").title == "sbatch was not found on the login node"


def test_the_text_is_what_sh_understands(node: LoginNode) -> None:
    subprocess.run(["sh", "-n"], input=submission(), text=True, check=True)
