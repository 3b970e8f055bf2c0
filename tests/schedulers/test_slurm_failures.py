"""Slurm's refusals in plain words, its own among them."""

import pytest

from jupystra_tui.schedulers.slurm.slurm_failures import explain_failure
from tests.schedulers.captures import failures, refusal


@pytest.mark.parametrize(
    ("name", "reason", "hint"),
    [
        ("err-account", "Invalid account or account/partition combination specified", "account"),
        ("err-constraint", "Invalid feature specification", "constraint"),
        ("err-gres", "Requested node configuration is not available", "request less"),
        (
            "err-mem",
            "Requested node configuration is not available; Memory specification can not be satisfied",
            "less memory",
        ),
        ("err-memfmt", "Invalid --mem specification", "memory"),
        ("err-opt", "unrecognized option '--nosuch'", "option"),
        (
            "err-partition",
            "Invalid partition name specified; invalid partition specified: nosuch",
            "partitions",
        ),
        ("err-qos", "Invalid qos specification", "QOS"),
        ("err-timefmt", "Invalid --time specification", "less time"),
        (
            "err-crlf",
            r"Batch script contains DOS line breaks (\r\n); instead of expected UNIX line breaks (\n).",
            "request",
        ),
    ],
)
def test_a_refused_job_says_why_in_slurms_own_words(name: str, reason: str, hint: str) -> None:
    said, rc = refusal(name)
    error = explain_failure(rc, said, "sbatch")
    assert error.title == f"Slurm refused the job: {reason}"
    assert hint in error.hint
    assert error.detail == said.strip()


@pytest.mark.parametrize("command", ["squeue", "sbatch", "sinfo", "scancel"])
def test_a_controller_that_is_down_is_named(command: str) -> None:
    [(said, rc)] = [(said, rc) for program, said, rc in failures("controller-down") if program == command]
    error = explain_failure(rc, said, command)
    assert error.title == "The scheduler does not answer: slurmctld is down"
    assert "not affected" in error.hint
    assert "connect failure" in error.detail


def test_an_overloaded_controller_may_have_accepted_the_job() -> None:
    said = "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation\n"
    assert "may have been accepted" in explain_failure(1, said, "sbatch").hint
    polled = explain_failure(1, "slurm_load_jobs error: Socket timed out on send/recv operation\n", "squeue")
    assert "overloaded" in polled.title
    assert "accepted" not in polled.hint


@pytest.mark.parametrize(
    ("rc", "said"),
    [
        (127, "/bin/sh: 1: squeue: not found\n"),
        (127, "env: 'squeue': No such file or directory\n"),
        (127, "bash: squeue: command not found\n"),
    ],
)
def test_a_missing_command_is_named(rc: int, said: str) -> None:
    assert explain_failure(rc, said, "squeue").title == "squeue was not found on the login node"


def test_a_full_home_is_named() -> None:
    said = "mkdir: cannot create directory '/home/alice/.jupystra': Disk quota exceeded\n"
    assert "home folder" in explain_failure(73, said, "sbatch").title


def test_a_sites_own_words_count_more_than_unspecified_error() -> None:
    said = (
        "sbatch: error: Jobs need an account here: use -A\n"
        "sbatch: error: Batch job submission failed: Unspecified error\n"
    )
    assert (
        explain_failure(1, said, "sbatch").title == "Slurm refused the job: Jobs need an account here: use -A"
    )


NOTICE = "sbatch: error: Your project account ends soon.\nsbatch: error: Ask help@site\n"


@pytest.mark.parametrize(
    ("said", "reason", "hint"),
    [
        (
            "sbatch: error: Batch job submission failed: Invalid qos specification\n",
            "Invalid qos specification",
            "Choose a QOS",
        ),
        (
            "sbatch: error: Memory specification can not be satisfied\n"
            "sbatch: error: Batch job submission failed: Requested node configuration is not available\n",
            "Requested node configuration is not available; Memory specification can not be satisfied",
            "Request less memory",
        ),
        (
            "sbatch: error: invalid partition specified: nosuch\n"
            "sbatch: error: Batch job submission failed: Invalid partition name specified\n",
            "Invalid partition name specified; invalid partition specified: nosuch",
            "Choose one of the cluster's partitions",
        ),
    ],
)
def test_a_sites_notices_are_not_the_reason(said: str, reason: str, hint: str) -> None:
    error = explain_failure(1, NOTICE + said, "sbatch")
    assert error.title == f"Slurm refused the job: {reason}"
    assert hint in error.hint
    assert "Ask help@site" in error.detail


def test_where_slurm_names_no_reason_the_site_does() -> None:
    said = f"{NOTICE}sbatch: error: No job may be called bad\nsbatch: error: Batch job submission failed: "
    error = explain_failure(1, said + "Unspecified error\n", "sbatch")
    assert error.title.endswith("Your project account ends soon.; Ask help@site; No job may be called bad")


def test_a_limit_is_not_mistaken_for_a_wrong_account() -> None:
    said = (
        "sbatch: error: AssocMaxSubmitJobLimit\n"
        "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's "
        "size and/or time limits)\n"
    )
    error = explain_failure(1, said, "sbatch")
    assert error.title.startswith("Slurm refused the job: Job violates accounting/QOS policy")
    assert error.title.endswith("; AssocMaxSubmitJobLimit")
    assert "limit of the site" in error.hint


def test_a_failure_without_a_message_is_reported() -> None:
    assert explain_failure(9, "", "sinfo").title == "sinfo failed: code 9, and no message"


def test_control_characters_are_removed() -> None:
    error = explain_failure(1, "sbatch: error: \x1b]52;c;AAAA\x07no\x1b[2J\nmore\u202e\n", "sbatch")
    assert error.title == "Slurm refused the job: no"
    assert error.detail == "sbatch: error: no\nmore"
