"""Reasons in plain words."""

import pytest

from jupystra_tui.model.reason import Reason
from jupystra_tui.schedulers.slurm.slurm_reasons import reason_of

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


def test_unknown_reasons_say_themselves() -> None:
    code = "A reason that nobody has thought of so far"
    assert reason_of(code) == Reason(code, "A reason that nobody ha…", code)
    assert not reason_of(code).known
