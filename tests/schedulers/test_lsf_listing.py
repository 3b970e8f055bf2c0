"""Stories of LSF's queue: each form of its output, and what makes it hard to parse."""

import json

import pytest

from jupystra_tui.errors import SchedulerError
from jupystra_tui.model import Cluster, Job, JobState
from jupystra_tui.schedulers.lsf import SCHEDULER as LSF
from jupystra_tui.schedulers.lsf import LsfSubmission
from jupystra_tui.schedulers.lsf.lsf_reasons import reason_of
from jupystra_tui.schedulers.lsf.lsf_submit import MemoryUnits
from tests.schedulers.lsf_captures import MARK, look, said


def jobs(form: str, listed: str, reasoned: str = "") -> dict[str, Job]:
    return {job.key: job for job in LSF.queue.parse_list(look(form, listed, reasoned), MARK).jobs}


def test_wide_rows_with_odd_names_hosts_and_arrays() -> None:
    found = jobs("wide", said("bjobs-mixed-w").out, said("bjobs-p-w").out)
    assert len(found) == 24
    assert found["14"].nodes == "2*node01:2*clarinet002-064"
    assert (found["14"].node, found["14"].cores) == ("node01", 4)
    assert found["11"].name == "my job with spaces"
    assert found["12"].name == "jöb ünïcode 日本語テスト"
    assert found["24"].queue == "a_rather_long_queue_name"
    assert found["15[2]"].node == "clarinet002-064"
    assert found["16[3]"].reason.code == "Job slot limit reached: 3 hosts"
    assert found["20"].node == ""


def test_a_name_that_ends_like_an_array_element_is_not_an_element() -> None:
    rows = (
        "19      lsfuser PEND  normal     login01        -        sleep # [5] Nov 22 17:46\n"
        "15      lsfuser RUN   normal     login01     node01      name[2]     Nov 22 17:46\n"
    )
    reasons = "19 lsfuser PEND normal login01 sleep # [5] Nov 22 17:46\n Job slot limit reached: 3 hosts;\n"
    arrays = f"\x1e{MARK} arrays\n{said('bjobs-A').out}"
    found = jobs("wide", rows, reasons + arrays)
    assert set(found) == {"19", "15[2]"}
    assert found["19"].reason.code == "Job slot limit reached: 3 hosts"
    assert set(jobs("wide", rows, reasons + f"\x1e{MARK} arrays\nNo array job found\n")) == {"19", "15"}
    assert set(jobs("wide", rows, reasons + f"\x1e{MARK} arrays\nbjobs: illegal option -- A\n")) == {
        "19[5]",
        "15[2]",
    }


def test_names_with_dates_or_double_spaces() -> None:
    rows = [line.rstrip("$") for line in said("names-odd").out.splitlines() if " lsfuser " in line]
    found = jobs("wide", "\n".join(rows).replace("^I", "\t"))
    assert found["98"].name == "Nov 22 18:00"
    assert found["88"].name.split() == ["a", "b"]
    assert found["95"].name == "back\\slash"


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("7       ada     RUN   normal     login01     node01.hpc.edu             Mar  3 09:05", ""),
        ("7       ada     RUN   normal     login01     node01.hpc.edu lab Mar  3 09:05 2026", "lab"),
        ("7       ada     RUN   normal     login01     node01.hpc.edu l\ufffd Mar 13 09:05", "l\ufffd"),
    ],
)
def test_ibm_pads_days_and_may_print_years(row: str, name: str) -> None:
    job = jobs("wide", row)["7"]
    assert (job.name, job.node) == (name, "node01.hpc.edu")


def test_repeated_hosts_are_counted() -> None:
    rows = [line for line in said("multihost-short0").out.splitlines() if "node01:node01" in line]
    job = jobs("wide", rows[0])["77"]
    assert (job.node, job.cores) == ("node01", 5)


def test_json_of_the_open_source_line() -> None:
    found = jobs("poor-json", said("bjobs-o-mixed-json").out, said("bjobs-p").out)
    assert len(found) == 24
    assert found["25"].name == 'brack]et|pipe,comma"quote'
    assert found["17"].state is JobState.PENDING
    assert "held" in found["17"].reason.text
    assert found["25"].reason.code.startswith(
        "Job slot limit"
    )  # although -p cuts this name to `*` and a tail


def test_invalid_json_is_parsed_line_by_line() -> None:
    spoilt = said("bjobs-o-mixed-json").out.replace('"jupyter"', '"jup"yter"')
    assert jobs("poor-json", spoilt)["9"].name == 'jup"yter'


def test_json_with_ibm_fields() -> None:
    record = {
        "JOBID": "4711", "STAT": "RUN", "QUEUE": "short", "EXEC_HOST": "2*n1.hpc.edu", "SUBMIT_TIME": "Nov 22 17:41",
        "PROJ_NAME": "default", "SLOTS": "2", "RUN_TIME": "120 second(s)", "TIME_LEFT": "11:58 L",
        "RUNTIMELIMIT": "720.0/n1", "MEMLIMIT": "8 G", "JOB_NAME": "lab.20261124-035902-2014",
    }  # fmt: skip
    job = jobs("rich-json", json.dumps({"COMMAND": "bjobs", "JOBS": 1, "RECORDS": [record]}))["4711"]
    assert (job.used, job.left, job.limit) == (120, (11 * 60 + 58) * 60, 12 * 3600)
    assert (job.memory, job.cores, job.node) == (8192, 2, "n1.hpc.edu")
    assert job.name == "lab"


def test_delimited_fields_with_the_name_last() -> None:
    line = "8^0^PEND^short^-^Nov 22 17:41^default^4^-^-^60.0/n1^-^a^b ^c"
    job = jobs("rich-delimited", f"welcome to the cluster\n{line}")["8"]
    assert (job.name, job.cores, job.limit, job.nodes) == ("a^b ^c", 4, 3600, "")


def test_endings_of_finished_jobs_are_unsure() -> None:
    listing = LSF.queue.parse_list(look("wide", said("bjobs-a-w").out), MARK)
    assert {"1", "10", "16[1]"} <= set(listing.unsure)
    assert "9" not in listing.unsure


def test_a_job_on_a_lost_host_has_the_state_unknown_and_a_reason() -> None:
    rows = said("unkwn-bjobs").out.split("HOST_NAME")[0]
    job = jobs("wide", rows)["52"]
    assert (job.state, job.word) == (JobState.UNKNOWN, "UNKWN")
    assert "lost contact" in job.reason.text


@pytest.mark.parametrize(
    ("form", "name"), [("wide", "bjobs-none"), ("poor-json", "bjobs-none-json"), ("wide", "bjobs-id-unknown")]
)
def test_no_jobs_is_an_empty_queue_whatever_the_exit_code(form: str, name: str) -> None:
    listing = LSF.queue.parse_list(look(form, said(name).out + said(name).err), MARK)
    assert (listing.jobs, listing.unread) == ((), ())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("noenvdir", "not configured in this shell"),
        ("mbd-hung-bjobs", "does not answer"),
        ("bjobs-o-badfield", "NOSUCH"),
    ],
)
def test_a_failure_is_not_an_empty_queue(name: str, words: str) -> None:
    answer = said(name)
    with pytest.raises(SchedulerError, match=words):
        LSF.queue.parse_list(look("wide", answer.err), MARK)


def test_a_line_that_cannot_be_parsed_is_kept() -> None:
    row = "7       ada     RUN   normal     login01     node01 lab Mar  3 09:05"
    assert LSF.queue.parse_list(look("wide", f"what is \x1b[31mthis\n{row}"), MARK).unread == (
        "what is this",
    )


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("New job is waiting for scheduling", "has not considered"),
        ("Job's resource requirements not satisfied: 2 hosts", "no node has what it requests"),
        ("Not specified in job submission: 4 hosts; Job slot limit reached: 3 hosts", "are taken"),
        ("The job has a specified start time: 1 host", "a start time in the future"),
        ("Something that no version has said yet", "Something that no version has said yet"),
    ],
)
def test_pending_reasons(reason: str, words: str) -> None:
    assert words in reason_of(reason).text


def test_the_memory_units_follow_the_site() -> None:
    assert units("").limit_unit == "KB"
    assert units("\x1edefault MB\n").limit_unit == "MB"
    assert units("\x1edefault MB\n\x1eunit gb\n").reserve_unit == "GB"
    assert units("\x1eunit GB\n", "MB").limit_unit == "MB"


def units(survey: str, chosen: str = "") -> MemoryUnits:
    """Return the units of a site."""
    adapted = LSF.site.adapt(LSF, survey, Cluster("x", "x", memory_unit=chosen)).submission
    assert isinstance(adapted, LsfSubmission)
    return adapted.memory
