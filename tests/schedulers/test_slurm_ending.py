"""Killing, how jobs ended, and all there is to know of one."""

import pytest

from jupystra_tui.errors import SchedulerError
from jupystra_tui.model import JobState
from jupystra_tui.schedulers.lsf import SCHEDULER as LSF
from jupystra_tui.schedulers.slurm import SCHEDULER as slurm
from jupystra_tui.schedulers.slurm.slurm_accounting import job_fields
from tests.schedulers.captures import printed

FORGOTTEN = "slurm_load_jobs error: Invalid job id specified\n"


def test_several_jobs_are_killed_with_one_command() -> None:
    assert slurm.queue.cancel_command(["42", "45_[2-5]"]) == ("scancel", "42", "45_[2-5]")


@pytest.mark.parametrize(
    "id",
    [
        "",
        "-u alice",
        "--state=RUNNING",
        "42 43",
        "42;id -u",
        "42;$(id)",
        "42;-M",
        "$(id)",
        "4\n5",
        "45_[waiting]",
    ],
)
def test_nothing_but_an_id_reaches_the_kill_command(id: str) -> None:
    for scheduler in (slurm, LSF):
        with pytest.raises(ValueError, match="is not a job id"):
            scheduler.queue.cancel_command([id])


@pytest.mark.parametrize(
    ("rc", "said"),
    [
        (0, ""),
        (0, "scancel: error: Kill job error on job id 9: Invalid job id specified\n"),
        (1, "scancel: error: Kill job error on job id 9: Invalid job id specified\n"),
        (1, "scancel: error: Kill job error on job id 9: Job/step already completing or completed\n"),
    ],
)
def test_killing_an_ended_job_is_not_an_error(rc: int, said: str) -> None:
    slurm.queue.parse_cancel(rc, said)


def test_killing_another_users_job_is_refused() -> None:
    said = (
        "scancel: error: Kill job error on job id 9: Invalid job id specified\n"
        "scancel: error: Kill job error on job id 38: Access/permission denied\n"
    )
    with pytest.raises(SchedulerError, match="Access/permission denied") as caught:
        slurm.queue.parse_cancel(210, said)
    assert "owner" in caught.value.hint
    assert "38" in caught.value.detail


def test_a_silent_failure_to_kill_is_an_error() -> None:
    with pytest.raises(SchedulerError):
        slurm.queue.parse_cancel(229, "")


def test_accounting_gets_plain_ids() -> None:
    argv = slurm.accounting.finished_command(["42", "45_[waiting]"])
    assert argv[argv.index("-j") + 1] == "42,45"
    assert "--delimiter=\x1f" in argv


def test_accounting_reports_how_jobs_ended() -> None:
    ends = slurm.accounting.parse_finished(printed("finished"))
    assert ends["52"] == (JobState.CANCELLED, "CANCELLED by 6001")
    assert ends["65"] == (JobState.FAILED, "FAILED")
    assert ends["66"] == (JobState.DONE, "COMPLETED")
    assert ends["53"][0] is JobState.RUNNING


def test_without_accounting_there_is_no_answer() -> None:
    assert slurm.accounting.parse_finished("") == {}
    assert slurm.accounting.parse_finished("sacct: error: Slurm accounting storage is disabled\n") == {}


def test_the_controller_is_asked_if_there_is_no_accounting() -> None:
    assert slurm.accounting.finished_fallback_script(["45_[waiting]", "46"]).count("scontrol") == 1
    assert "for job in 45 46;" in slurm.accounting.finished_fallback_script(["45_[waiting]", "46"])
    several = f"\x1e\x1f{printed('describe')}\x1e\x1f\x1e\x1f{printed('describe-forged')}"
    assert len(slurm.accounting.parse_finished_fallback(several)) == 2
    assert slurm.accounting.parse_finished_fallback(f"\x1e\x1f{printed('describe')}") == {
        "52": (JobState.RUNNING, "RUNNING")
    }
    assert slurm.accounting.parse_finished_fallback(FORGOTTEN) == {}
    assert slurm.accounting.parse_finished_fallback("") == {}


def test_a_forged_name_forges_no_field() -> None:
    fields = job_fields(printed("describe-forged"))
    assert fields["JobState"] == "PENDING"
    assert fields["Comment"].startswith("a b=c")


def test_for_an_array_the_first_record_counts() -> None:
    fields = job_fields(printed("describe-array"))
    assert (fields["JobId"], fields["ArrayTaskId"]) == ("63", "2,4,6,8%1")


def test_a_name_over_several_lines_hides_no_field() -> None:
    fields = job_fields(printed("describe").replace("=plain ", "=new\nline\ttab\x1b[31m "))
    assert (fields["JobState"], fields["UserId"]) == ("RUNNING", "alice(6001)")


def test_a_forgotten_job_has_no_fields() -> None:
    assert job_fields(FORGOTTEN) == {}


def test_the_version() -> None:
    assert slurm.site.parse_version("slurm-wlm 22.05.8\n") == "22.05.8"
    assert slurm.site.parse_version("Welcome!\nslurm 23.11.10-1\n") == "23.11.10-1"
    with pytest.raises(SchedulerError):
        slurm.site.parse_version("squeue from another planet\n")
