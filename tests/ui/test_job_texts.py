"""The texts about jobs, the same for all schedulers."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from jupystra_tui.model import Job, JobState, Launch, Snapshot, Step, StepName, StepState, TunnelState
from jupystra_tui.model.reason import NO_REASON, unknown_reason
from jupystra_tui.model.request import JobRequest
from jupystra_tui.schedulers.slurm.slurm_reasons import reason_of
from jupystra_tui.ui import clock
from jupystra_tui.ui.job_facts import job_facts
from jupystra_tui.ui.job_note import job_note
from jupystra_tui.ui.job_views import JobViews, count
from jupystra_tui.ui.keys import key_finder
from jupystra_tui.ui.places import short_host
from jupystra_tui.ui.tunnel_history import TunnelHistory, show_rate, sparkline
from jupystra_tui.ui.widgets.facts import facts_content
from tests.ui.conftest import NOON
from tests.ui.stories import ALIGN, DASK, JOBS, LAB, OLD, QUEUE, TUNNEL, UNET, WAITING

KEYS = key_finder({})


def test_a_job_that_can_never_start_says_what_would_help() -> None:
    note = told(replace(WAITING, reason=reason_of("PartitionTimeLimit"), starts=""))
    assert "will not start" in note
    assert "k kills it" in note
    assert "n starts another" in note


def test_a_reason_that_is_not_known_says_itself() -> None:
    assert "The scheduler says: SomethingQuiteNew" in told(
        replace(WAITING, reason=unknown_reason("SomethingQuiteNew"))
    )
    assert "The scheduler does not say why." in told(replace(WAITING, reason=NO_REASON))


def test_a_job_with_a_start_time_is_not_one_that_never_starts() -> None:
    assert "starts another" not in told(replace(WAITING, reason=reason_of("BeginTime"), starts=""))


@pytest.mark.parametrize(
    ("job", "words"),
    [
        (ALIGN, "It completed after 1 h 8 min."),
        (UNET, "It needed more memory than the 8 GB that it requested, and was killed after 1 h."),
        (OLD, "It reached its walltime of 12 h, and the scheduler killed it."),
        (replace(LAB, state=JobState.CANCELLED, used=60), "It was cancelled after 1 min."),
        (
            replace(LAB, state=JobState.NODE_FAIL, used=60),
            "The node c1 failed after 1 min; the job did not cause this.",
        ),
        (
            replace(LAB, state=JobState.FAILED, used=2, reason=reason_of("NonZeroExitCode")),
            "It failed after 2 s. Its script ended with an error. See the log.",
        ),
        (
            Job("1", "1", "x", JobState.FAILED),
            "It failed. Its script ended with an error. See the log.",
        ),
    ],
)
def test_what_became_of_a_job(job: Job, words: str) -> None:
    assert words in told(job)
    assert "l shows its log" in told(job)


def told(job: Job) -> str:
    """Return the note of a job."""
    note = job_note(JobViews(QUEUE).view(job, NOON), KEYS)
    return "\n".join("".join(text for text, _ in sentence) for sentence in note.sentences)


def facts(job: Job, queue: JobViews, now: float = NOON) -> dict[str, str]:
    """Return the facts of a job by their labels."""
    shown = job_facts(queue.view(job, now), TunnelHistory(), KEYS)
    return {label: "".join(text for text, _ in pieces) for label, pieces in shown if label}


def test_the_facts_of_a_ready_server() -> None:
    assert facts(LAB, JobViews(QUEUE, (TUNNEL,))) == {
        "state": "● running on c1",
        "server": "● READY  http://127.0.0.1:8888/",
        "tunnel": "● up 2 h 11 min · 41 ms",
        "route": "laptop ─ login02 ─ c1",
        "kernels": "2 · 1 busy · idle 12 min",
        "walltime": "█████───────── 6 h 17 min of 18 h",
        "requested": "4 cores · 8 GB · short · kim",
        "folder": "/home/alice/projects/atlas",
        "submitted": "05:42",
    }


@pytest.mark.parametrize(
    ("changes", "server"),
    [
        ({"state": TunnelState.CONNECTING, "ready": False}, "◐ opening the tunnel …"),
        ({"ready": False}, "◐ the server does not answer yet"),
        ({"ready": False, "reason": "it answers 403"}, "◐ it answers 403"),
        ({"state": TunnelState.RETRYING, "ready": False}, "◐ reconnecting …"),
        ({"state": TunnelState.WAITING, "ready": False}, "× no tunnel · enter reconnects"),
        ({"state": TunnelState.ENDED, "ready": False}, "× no tunnel · enter reconnects"),
    ],
)
def test_a_server_says_what_is_missing(changes: dict[str, object], server: str) -> None:
    assert facts(LAB, JobViews(QUEUE, (replace(TUNNEL, **changes),)))["server"] == server


def test_a_server_without_a_tunnel_says_what_enter_would_do() -> None:
    assert facts(DASK, JobViews(QUEUE))["server"] == "○ found · enter connects"
    assert facts(DASK, JobViews(QUEUE, connecting=frozenset({"4709"})))["server"] == "◐ connecting …"
    assert facts(DASK, JobViews(replace(QUEUE, servers=())))["server"] == "— no Jupyter server found"


def test_a_launch_under_way_says_its_step() -> None:
    steps = (Step(StepName.SUBMIT, StepState.DONE), Step(StepName.WAIT, StepState.NOW, "others first"))
    launch = Launch("l1", "o2", JobRequest(), steps, "4712")
    assert facts(WAITING, JobViews(QUEUE, launches=(launch,)))["server"] == "◐ wait others first"


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("c1", "c1"),
        ("compute-a-17-201.o2.rc.hms.harvard.edu", "compute-a-17-201"),
        ("login02.o2.rc.hms.harvard.edu:18777", "login02:18777"),
        ("10.120.17.201", "10.120.17.201"),
        ("fe80::1", "fe80::1"),
    ],
)
def test_hosts_by_their_short_names(host: str, shown: str) -> None:
    assert short_host(host) == shown


def test_a_fact_that_is_long_takes_several_lines() -> None:
    said = facts_content((("folder", ((f"/home/{'x' * 30}", ""),)),), 30)
    assert said.plain.splitlines() == ["folder    /home/" + "x" * 14, " " * 10 + "x" * 16]


def test_a_tunnel_of_another_cluster_is_another_jobs() -> None:
    assert "tunnel" not in facts(LAB, JobViews(QUEUE, (replace(TUNNEL, cluster="orchestra"),)))


def test_walltime_continues_between_polls_and_is_never_negative() -> None:
    assert facts(LAB, JobViews(QUEUE), NOON + 3600)["walltime"].endswith("7 h 17 min of 18 h")
    assert JobViews(QUEUE).view(LAB, NOON + 1e6).left == 0
    assert JobViews(QUEUE).view(WAITING, NOON + 1e6).left == WAITING.left, "it has not started"


def test_jobs_are_counted() -> None:
    assert count(JOBS) == (2, 1)
    assert JobViews(Snapshot("o2", NOON)).jobs == ()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-01-01T14:20:00", "14:20"),
        ("2026-01-02T00:10:00", "Fri 00:10"),
        ("2026-01-07T09:00:00", "Wed 09:00"),
        ("2026-03-03T09:00:00", "3 Mar 09:00"),
        ("2025-12-31T23:00:00", "31 Dec 23:00"),
        ("tomorrow, perhaps", "tomorrow, perhaps"),
    ],
)
def test_times_of_the_cluster_are_short(text: str, shown: str, still_clock: Callable[[float], None]) -> None:
    assert clock.site_time(text) == shown


def test_traffic_in_bars() -> None:
    assert sparkline((0, 1, 7), 5) == "  ▁▂█"
    assert sparkline((), 3) == "   "
    assert [show_rate(rate) for rate in (0, 999, 1200, 3.21e6)] == [
        "0 B/s",
        "999 B/s",
        "1.2 kB/s",
        "3.21 MB/s",
    ]
