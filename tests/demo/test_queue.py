"""The scheduler that simulates, with time moved by hand."""

from dataclasses import replace

import pytest

from jupystra_tui.demo.demo_job import Array, DemoJob, DemoReason, DemoState
from jupystra_tui.demo.demo_queue import KILL_SECONDS, REMEMBERED_SECONDS
from tests.demo.manual_clock import ASKED, HandClock


def test_a_job_waits_with_a_reason_and_an_expected_start_and_then_runs() -> None:
    site = HandClock(queue_seconds=3)
    id = site.submit()
    site.after(0.1)
    assert (site.job(id).state, site.job(id).reason) == (DemoState.PENDING, DemoReason.NONE)
    site.after(0.4)
    assert (site.job(id).reason, site.job(id).expected) == (DemoReason.RESOURCES, 1_000_003)
    site.after(2.5)
    assert (site.job(id).state, site.job(id).node) == (DemoState.RUNNING, "p1")


def test_a_job_behind_another_waits_for_priority() -> None:
    site = HandClock(queue_seconds=3)
    site.submit()
    behind = site.submit()
    site.after(1)
    assert site.job(behind).reason is DemoReason.PRIORITY


def test_a_full_node_makes_a_job_wait_until_the_running_one_is_due() -> None:
    site = HandClock(queue_seconds=0)
    first = site.submit(partition="long", cpus=8, minutes=60)
    second = site.submit(partition="long", cpus=8)
    site.after(0)
    site.after(1)
    assert site.job(first).state is DemoState.RUNNING
    assert (site.job(second).reason, site.job(second).expected) == (DemoReason.RESOURCES, 1_003_600)
    site.launched[first].status = (0, 0)
    site.after(1)
    assert site.job(first).state is DemoState.COMPLETED
    assert site.job(second).state is DemoState.RUNNING


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ({"minutes": 13 * 60}, DemoReason.OVER_TIME_LIMIT),
        ({"minutes": None}, DemoReason.OVER_TIME_LIMIT),
        ({"cpus": 64}, DemoReason.NO_NODE_LARGE_ENOUGH),
    ],
)
def test_what_never_fits_waits_for_ever(wish: dict[str, object], reason: DemoReason) -> None:
    site = HandClock(queue_seconds=0)
    id = site.submit(**wish)
    site.after(3600)
    assert (site.job(id).state, site.job(id).reason, site.job(id).expected) == (
        DemoState.PENDING,
        reason,
        None,
    )


@pytest.mark.parametrize(
    ("status", "state", "reason"),
    [
        ((0, 0), DemoState.COMPLETED, DemoReason.NONE),
        ((3, 0), DemoState.FAILED, DemoReason.NONZERO_EXIT),
        ((0, 9), DemoState.FAILED, DemoReason.LAUNCH_FAILURE),
    ],
)
def test_a_job_ends_as_its_script_does(status: tuple[int, int], state: DemoState, reason: DemoReason) -> None:
    site = HandClock(queue_seconds=0)
    id = site.submit()
    site.after(0)
    site.launched[id].status = status
    site.after(5)
    ended = site.job(id)
    assert (ended.state, ended.reason, ended.elapsed(site.now)) == (state, reason, 5)
    assert (ended.exit_code, ended.exit_signal) == status


def test_a_job_over_its_walltime_is_ended() -> None:
    site = HandClock(queue_seconds=0)
    id = site.submit(minutes=1)
    site.after(0)
    site.after(59)
    assert site.job(id).state is DemoState.RUNNING
    site.after(1)
    assert (site.job(id).state, site.job(id).reason) == (DemoState.TIMEOUT, DemoReason.OUT_OF_TIME)
    assert site.launched[id].told == [DemoState.TIMEOUT]


def test_a_cancelled_job_completes_until_its_processes_are_gone() -> None:
    site = HandClock(queue_seconds=0)
    id = site.submit()
    site.after(0)
    site.launched[id].obeys = False
    site.queue.cancel(id)
    site.after(1)
    assert (site.job(id).state, site.job(id).completing) == (DemoState.CANCELLED, True)
    site.after(KILL_SECONDS)
    site.after(0)
    assert (site.job(id).state, site.job(id).completing) == (DemoState.CANCELLED, False)


def test_a_waiting_job_is_cancelled_at_once_and_a_strange_id_is_nothing() -> None:
    site = HandClock()
    id = site.submit()
    site.queue.cancel(999_999)
    site.queue.cancel(id)
    site.after(60)
    assert (site.job(id).state, site.job(id).started) == (DemoState.CANCELLED, None)


def test_an_ended_job_is_remembered_for_a_while() -> None:
    site = HandClock()
    id = site.submit()
    site.queue.cancel(id)
    site.after(REMEMBERED_SECONDS - 1)
    assert [job.id for job in site.queue.jobs()] == [id]
    site.after(2)
    assert site.queue.jobs() == []
    assert [job.id for job in site.queue.history()] == [id]


def test_an_array_runs_so_many_tasks_at_once_and_its_last_one_under_its_own_id() -> None:
    site = HandClock(queue_seconds=0)
    id = _submit_array(site, tasks=(0, 1, 2), limit=2)
    for _ in range(3):
        site.after(1)
    running = [job for job in site.queue.jobs() if job.state is DemoState.RUNNING]
    assert [job.array and job.array.tasks for job in running] == [(0,), (1,)]
    assert site.job(id).reason is DemoReason.ARRAY_LIMIT
    site.launched[running[0].id].status = (0, 0)
    site.after(1)
    assert (site.job(id).state, site.job(id).array) == (DemoState.RUNNING, Array(id, (2,), 2, waiting=False))


def test_tasks_of_an_array_are_cancelled_one_by_one_or_all() -> None:
    site = HandClock()
    id = _submit_array(site, tasks=(2, 3, 4, 5), limit=2)
    site.queue.cancel(id, [3])
    array = site.job(id).array
    assert array is not None
    assert (site.job(id).state, array.tasks) == (DemoState.PENDING, (2, 4, 5))
    site.queue.cancel(id)
    assert site.job(id).state is DemoState.CANCELLED


def test_a_failed_node_sends_its_job_back_to_the_queue() -> None:
    site = HandClock(queue_seconds=0)
    id = site.submit(partition="long")
    site.after(0)
    site.queue.fail_node("p1", requeue_seconds=120)
    lost = site.job(id)
    assert (lost.state, lost.reason, lost.node, lost.restarts) == (
        DemoState.PENDING,
        DemoReason.BEGIN_TIME,
        "",
        1,
    )
    site.after(121)
    assert site.job(id).reason is DemoReason.NODE_DOWN
    site.queue.resume_node("p1")
    site.after(1)
    assert (site.job(id).state, site.job(id).node) == (DemoState.RUNNING, "p1")


def test_a_failed_node_ends_a_job_that_may_not_go_back() -> None:
    site = HandClock(queue_seconds=0)
    id = site.submit(requeue=False)
    site.after(0)
    site.queue.fail_node("p1", requeue_seconds=120)
    assert (site.job(id).state, site.job(id).reason) == (DemoState.NODE_FAIL, DemoReason.NODE_DOWN)


def test_a_job_goes_to_the_node_that_is_up_and_has_what_it_asks_for() -> None:
    site = HandClock(queue_seconds=0)
    with_gpu, large, plain = site.submit(gpus=1), site.submit(cpus=8, memory=32000), site.submit()
    site.after(0)
    assert [site.job(id).node for id in (with_gpu, large, plain)] == ["p2", "p1", "p2"]


def _submit_array(site: HandClock, tasks: tuple[int, ...], limit: int) -> int:
    def record(id: int) -> DemoJob:
        return DemoJob(id, replace(ASKED, name="array"), site.now, site.now, array=Array(id, tasks, limit))

    return site.queue.adopt(record)
