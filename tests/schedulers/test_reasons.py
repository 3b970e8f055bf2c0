"""Reasons in plain words."""

import re

import pytest

from jupystra_tui.model import reasons
from jupystra_tui.model.lsf_reasons import lsf_reason
from jupystra_tui.model.reasons import SHORT_LIMIT, plain_reason
from jupystra_tui.schedulers.slurm import Slurm
from tests.schedulers.lsf_captures import said


@pytest.mark.parametrize(
    ("reason", "short"),
    [
        ("None", "just submitted"),
        ("Resources", "waits for free nodes"),
        ("(Priority)", "others come first"),
        ("PartitionTimeLimit", "longer than allowed"),
        ("PartitionConfig", "will not fit"),
        ("DependencyNeverSatisfied", "will never start"),
        ("JobHeldUser", "held by you"),
        ("BeginTime", "start time not reached"),
        ("QOSMaxJobsPerUserLimit", "job limit reached"),
        ("QOSMaxMemoryPerUser", "memory limit reached"),
        ("QOSMaxGRESPerUser", "GPU limit reached"),
        ("AssocGrpCpuLimit", "core limit reached"),
        ("AssocGrpCPUMinutesLimit", "budget used up"),
        ("QOSMaxWallDurationPerJobLimit", "over the time limit"),
        ("QOSMinGRES", "asks for too little"),
        ("ReqNodeNotAvail, UnavailableNodes:c[1-2]", "nodes not available"),
        (
            "Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions",
            "nodes not available",
        ),
        ("RaisedSignal:53(Real-time_signal_19)", "ended by a signal"),
        ("launch failed requeued held", "held: failed to start"),
        ("", ""),
    ],
)
def test_known_reasons(reason: str, short: str) -> None:
    assert plain_reason(reason)[0] == short


@pytest.mark.parametrize(
    "name",
    ["bjobs-p", "bjobs-p-w", "bjobs-p-reasons", "bjobs-p-reasons2", "bjobs-p-reasons3", "bjobs-l-psusp"],
)
def test_every_reason_that_lsf_was_heard_to_give_is_known(name: str) -> None:
    told = re.findall(r"^ ([A-Z][^\n]*);$", said(name).out, re.MULTILINE)
    assert told
    assert [reason for reason in told if lsf_reason(reason) is None] == []


def test_unknown_reasons_stay_as_they_are() -> None:
    assert plain_reason("QOSUsageThreshold") == ("QOSUsageThreshold", "QOSUsageThreshold")
    short, sentence = plain_reason("A reason that nobody has thought of so far")
    assert short == "A reason that nobody ha…"
    assert sentence == "A reason that nobody has thought of so far"


def test_every_short_form_fits_and_every_sentence_ends() -> None:
    known = [*reasons._WORDS.values(), *(words for _, words in reasons._BEGINNINGS)]
    assert all(len(short) <= SHORT_LIMIT for short, _ in known)
    assert all(sentence.endswith(".") for _, sentence in known)


def test_the_scheduler_says_the_sentence() -> None:
    assert Slurm().plain_reason("Resources").startswith("It is next in line")
