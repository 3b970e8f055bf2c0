"""Reasons in plain words."""

import re

import pytest

from jupystra_tui.model.reason import SHORT_LIMIT, Reason
from jupystra_tui.schedulers.lsf import lsf_reasons
from jupystra_tui.schedulers.slurm.slurm_reasons import reason_of
from tests.schedulers.lsf_captures import said

DOWN = "Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions"


@pytest.mark.parametrize(
    ("code", "short"),
    [
        ("None", "just submitted"),
        ("Resources", "no free node"),
        ("(Priority)", "others first"),
        ("PartitionTimeLimit", "too long"),
        ("PartitionConfig", "too large"),
        ("DependencyNeverSatisfied", "will never start"),
        ("Dependency", "another job"),
        ("JobHeldUser", "held by you"),
        ("BeginTime", "later"),
        ("QOSMaxJobsPerUserLimit", "your limit"),
        ("QOSMaxCpuPerUserLimit", "your limit"),
        ("QOSMaxWallDurationPerJobLimit", "over the time limit"),
        ("QOSGrpCpuLimit", "QOS full"),
        ("QOSNotAllowed", "QOS not allowed"),
        ("QOSMinGRES", "requests too little"),
        ("AssocGrpCpuLimit", "account full"),
        ("AssocGrpCPUMinutesLimit", "budget used"),
        ("AssocMaxJobsLimit", "your limit"),
        ("MaxMemPerLimit", "too much memory"),
        ("ReqNodeNotAvail, UnavailableNodes:c[1-2]", "node away"),
        (DOWN, "node away"),
        ("RaisedSignal:9(Killed)", "killed (signal 9)"),
        ("RaisedSignal:64(Real-time_signal_30)", "signal"),
        ("Nodes_required_for_job_are_DOWN,_DRAINED", "node away"),
        ("RaisedSignal:53(Real-time_signal_19)", "no log or folder"),
        ("launch failed requeued held", "held: failed to start"),
        ("", ""),
    ],
)
def test_known_reasons(code: str, short: str) -> None:
    reason = reason_of(code)
    assert (reason.short, reason.code) == (short, code.strip("()") if code.startswith("(") else code)
    assert reason.known or not code


@pytest.mark.parametrize(
    ("code", "unit"),
    [
        ("QOSMaxJobsPerUserLimit", "job limit"),
        ("QOSMaxMemoryPerUser", "memory limit"),
        ("QOSMaxGRESPerUser", "GPU (GRES) limit"),
        ("AssocGrpCpuLimit", "core limit"),
    ],
)
def test_the_sentence_names_the_limit(code: str, unit: str) -> None:
    assert unit in reason_of(code).text


@pytest.mark.parametrize(
    ("code", "never"),
    [
        ("PartitionTimeLimit", True),
        ("PartitionConfig", True),
        ("BadConstraints", True),
        ("QOSMinGRES", True),
        ("QOSMaxWallDurationPerJobLimit", True),
        ("MaxMemPerLimit", True),
        ("BeginTime", False),
        ("Resources", False),
        ("QOSMaxJobsPerUserLimit", False),
        ("SomethingQuiteNew", False),
    ],
)
def test_which_jobs_never_start(code: str, never: bool) -> None:
    assert reason_of(code).never_starts is never


def test_which_jobs_never_start_on_lsf() -> None:
    assert lsf_reasons.reason_of("There are no suitable hosts for the job").never_starts
    assert not lsf_reasons.reason_of("The job has a specified start time: 1 host").never_starts
    known = {start for start, _, _ in lsf_reasons._KNOWN}
    assert known >= lsf_reasons._NEVER_STARTS


@pytest.mark.parametrize(
    "name",
    ["bjobs-p", "bjobs-p-w", "bjobs-p-reasons", "bjobs-p-reasons2", "bjobs-p-reasons3", "bjobs-l-psusp"],
)
def test_every_reason_of_a_real_lsf_is_known(name: str) -> None:
    printed = re.findall(r"^ ([A-Z][^\n]*);$", said(name).out, re.MULTILINE)
    assert printed
    assert [code for code in printed if not lsf_reasons.reason_of(code).known] == []


def test_unknown_reasons_say_themselves() -> None:
    code = "A reason that nobody has thought of so far"
    assert reason_of(code) == Reason(code, "A reason that nobody ha…", code)
    assert lsf_reasons.reason_of(code) == reason_of(code)
    assert not reason_of(code).known


def test_every_short_form_of_lsf_fits_and_every_sentence_ends() -> None:
    known = [
        *(Reason(start, short, text) for start, short, text in lsf_reasons._KNOWN),
    ]
    assert [reason for reason in known if len(reason.short) > SHORT_LIMIT] == []
    assert [reason for reason in known if not reason.text.endswith(".")] == []
