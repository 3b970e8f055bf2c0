"""The header of the batch script, and sbatch's answer."""

import shlex
import subprocess

import pytest

from jupystra_tui.errors import ConfigError, MaybeSubmitted, SchedulerError
from jupystra_tui.model import JobRequest
from jupystra_tui.schedulers.slurm import SCHEDULER as slurm
from tests.schedulers.captures import refusal

TAG = "20261122-140312-3f9a"
LOG = "/home/alice/.jupystra/jobs/t/jupyter.log"


def name_line(name: str) -> str:
    lines = slurm.submission.script_header(JobRequest(name=name), LOG, TAG)
    return next(line for line in lines if "--job-name" in line)


def test_the_header_contains_the_whole_request() -> None:
    request = JobRequest(
        name="my lab", queue="gpu", walltime=30 * 3600, memory=8192, cores=2, gpus="a100:2", account="physics",
        qos="debug", constraint="a100&ib", options=("--exclude=c3", "-w c1"),
    )  # fmt: skip
    assert slurm.submission.script_header(request, LOG, TAG) == (
        "#SBATCH --partition=gpu",
        "#SBATCH --time=1-06:00:00",
        "#SBATCH --mem=8192M",
        "#SBATCH --cpus-per-task=2",
        "#SBATCH --gres=gpu:a100:2",
        "#SBATCH --account=physics",
        "#SBATCH --qos=debug",
        "#SBATCH --constraint='a100&ib'",
        "#SBATCH --job-name='my lab'",
        f"#SBATCH --output={LOG}",
        "#SBATCH --open-mode=append",
        "#SBATCH --exclude=c3",
        "#SBATCH -w c1",
    )


def test_empty_values_are_left_to_the_site() -> None:
    lines = slurm.submission.script_header(JobRequest(name="x", walltime=0, memory=0), "$HOME/x/log", TAG)
    assert lines == ("#SBATCH --cpus-per-task=1", "#SBATCH --job-name=x", "#SBATCH --open-mode=append")


@pytest.mark.parametrize(
    "name", ["it's", 'say "no"', "#not a comment", "$HOME `id`", "-dash", "日本 😀", "%j"]
)
def test_a_name_stays_one_word(name: str) -> None:
    line = name_line(name)
    assert shlex.split(line, comments=False)[1:] == [f"--job-name={name}"]


def test_a_backslash_is_doubled_because_sbatch_drops_it_even_between_single_quotes() -> None:
    assert name_line("a\\b") == "#SBATCH --job-name='a\\\\b'"


@pytest.mark.parametrize("bad", ["a\nb", "a\rb", "a\x1bb", "a\0b", "a\u2028b", "a\x85b"])
def test_no_text_breaks_out_of_its_line(bad: str) -> None:
    for request in (JobRequest(name=bad), JobRequest(queue=bad), JobRequest(options=(f"--comment={bad}",))):
        with pytest.raises(ConfigError):
            slurm.submission.script_header(request, LOG, TAG)


def test_a_pattern_is_sent_as_it_is() -> None:
    assert "#SBATCH --output=/home/100%%/log" in slurm.submission.script_header(
        JobRequest(), "/home/100%%/log", TAG
    )
    assert "--output=/home/100%%/log" in slurm.submission.submit_command(JobRequest(), "/home/100%%/log", TAG)


def test_the_users_variables_do_not_overrule_the_request() -> None:
    argv = slurm.submission.submit_command(JobRequest(queue="gpu"), LOG, TAG)
    assert argv[argv.index("sbatch") :] == (
        "sbatch",
        "--parsable",
        f"--output={LOG}",
        "--open-mode=append",
        f"--comment=jupystra:{TAG}",
    )
    for name in ("SBATCH_PARTITION", "SBATCH_TIMELIMIT", "SBATCH_WAIT", "SBATCH_ARRAY_INX"):
        assert argv[argv.index(name) - 1] == "-u"
    assert "SBATCH_ACCOUNT" not in argv  # none is requested, so the user's own default applies


@pytest.mark.parametrize(
    ("stdout", "job"),
    [
        ("4711\n", "4711"),
        ("4711;cluster\n", "4711;cluster"),
        ("Welcome to the 2024 cluster!\n4711\n", "4711"),
        ("4711\nGoodbye\n", "4711"),
        ("\x1b[32m4711\x1b[0m\n", "4711"),
        ("\x1b[1mSubmitted batch job 4711\x1b[0m to partition short\r\n", "4711"),
        ("4711 was submitted, have a nice day\n", "4711"),
        ("4711;cm2 (queued)\n", "4711;cm2"),
        ("Remaining hours:\n4711;cm2\n", "4711;cm2"),
        ("Checking the limits ... done\nSubmitted batch job 80\n1000\n2000\n", "80"),
        ("2024.1 is the version\n4711\n", "4711"),
        ("3 jobs are yours\n4711\n", "4711"),
        ("4711\n4711\n", "4711"),
        ("16 cores requested\nSubmitted batch job: 4711\n", "4711"),
        ("2 warnings\nsubmitted batch job 4711\n", "4711"),
        ("Submitted batch job 80\n", "80"),
        ("Submitted batch job 80 on cluster o2\n", "80;o2"),
    ],
)
def test_the_id_is_found_among_banners(stdout: str, job: str) -> None:
    assert slurm.submission.parse_submit(stdout, "sbatch: have a nice day 99\n", 0) == job


MORE_NUMBERS = ("16 cores requested\nJob 4711 submitted\n", "4711 submitted, 12 jobs ahead\n")


@pytest.mark.parametrize("stdout", ["0\n", "0 errors\n", "done\n"])
def test_what_is_no_number_of_a_job_is_not_taken_for_one(stdout: str) -> None:
    with pytest.raises(MaybeSubmitted, match="did not print a job id"):
        slurm.submission.parse_submit(stdout, "", 0)


@pytest.mark.parametrize(
    "stdout", ["4711\n100\n", "12\n4711\n", "4711 ok\n99 left\n", "5;a\n6;b\n", *MORE_NUMBERS]
)
def test_several_numbers_are_not_guessed_from(stdout: str) -> None:
    with pytest.raises(MaybeSubmitted, match="several numbers") as caught:
        slurm.submission.parse_submit(stdout, "", 0)
    assert stdout.splitlines()[0] in caught.value.detail


def test_what_a_sites_plugin_says_about_an_accepted_job_is_kept() -> None:
    said = "bash: warning: x\nsbatch: Your project ends soon.\nsbatch: Ask help@site\n"
    assert slurm.submission.parse_notice(said) == "Your project ends soon. Ask help@site"
    assert slurm.submission.parse_notice("sbatch: 0: Soon.\nsbatch: debug: x\nsbatch: error: y\n") == "Soon."
    assert slurm.submission.parse_notice("") == ""


@pytest.mark.parametrize(
    ("stdout", "kept"),
    [
        ("4711", "4711"),
        ("\x1b[32m4711\x1b[0m", "4711"),
        ("Submitted batch job 80 on cluster o2", "80;o2"),
        ("4711;cm2", "4711;cm2"),
        ("note\n4711\nbye", "4711"),
        ("4711 queued", ""),
        ("0", ""),
    ],
)
def test_the_login_node_finds_the_same_id(stdout: str, kept: str) -> None:
    argv = ["sed", "-n", slurm.submission.id_program()]
    done = subprocess.run(argv, input=f"{stdout}\n", capture_output=True, text=True, check=True)
    assert done.stdout.strip() == kept


def test_a_refusal_is_raised_with_slurms_words() -> None:
    said, rc = refusal("err-partition")
    with pytest.raises(SchedulerError, match="Invalid partition name specified"):
        slurm.submission.parse_submit("", said, rc)


@pytest.mark.parametrize("name", ["err-partition", "err-qos", "err-mem", "err-timefmt", "err-opt"])
def test_a_refused_submission_was_not_accepted(name: str) -> None:
    said, rc = refusal(name)
    with pytest.raises(SchedulerError) as caught:
        slurm.submission.parse_submit("", said, rc)
    assert type(caught.value) is SchedulerError


@pytest.mark.parametrize(
    ("stderr", "rc"),
    [
        ("sbatch: error: Batch job submission failed: Socket timed out on send/recv operation\n", 1),
        ("sbatch: error: Batch job submission failed: Zero Bytes were transmitted or received\n", 1),
        ("Killed\n", 137),
        ("", 124),
        ("", 0),
    ],
)
def test_a_submission_without_an_answer_may_still_be_accepted(stderr: str, rc: int) -> None:
    with pytest.raises(MaybeSubmitted):
        slurm.submission.parse_submit("", stderr, rc)


@pytest.mark.parametrize(
    ("options", "comment"),
    [
        ((), f"jupystra:{TAG}"),
        (("--comment='my own words'",), f"my own words jupystra:{TAG}"),
        (("--comment 'a b'", "-w c1"), f"a b jupystra:{TAG}"),
        (("--comment", "one", "--comm=two"), f"two jupystra:{TAG}"),
        (("--comment='broken",), f"jupystra:{TAG}"),
    ],
)
def test_the_mark_of_a_submission_follows_the_users_own_comment(
    options: tuple[str, ...], comment: str
) -> None:
    assert f"--comment={comment}" in slurm.submission.submit_command(JobRequest(options=options), LOG, TAG)


def test_a_submission_is_found_by_its_mark_alone() -> None:
    queue = f"12 jupystra:{TAG}\n7 jupystra:{TAG}0\n6 xjupystra:{TAG}\n5 (null)\n4 jupystra:{TAG} x\n"
    queue += f"9 a b=c jupystra:{TAG}\n"
    assert slurm.submission.parse_lookup(TAG, queue, "", 0) == ("4", "9", "12")
    accounting = (
        f"31|sbatch --parsable --comment=jupystra:{TAG}|\n32|sbatch|a b jupystra:{TAG}\n33|sbatch x|\n"
    )
    assert slurm.submission.parse_lookup(TAG, accounting, "", 0) == ("31", "32")
    assert slurm.submission.parse_lookup(TAG, "", "", 0) == ()
    with pytest.raises(SchedulerError, match="slurmctld is down"):
        slurm.submission.parse_lookup(
            TAG, "", "slurm_load_jobs error: Unable to contact slurm controller (connect failure)", 1
        )


def test_an_answer_without_an_id_is_not_a_success() -> None:
    with pytest.raises(MaybeSubmitted, match="did not print a job id") as caught:
        slurm.submission.parse_submit("ok\n", "strange\n", 0)
    assert caught.value.detail == "ok\n\nstrange"
