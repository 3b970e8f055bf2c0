"""Sites ask for few polls; a person who just did something wants to see it."""

import pytest

from jupystra_tui.worker.queue_poll_pace import BURST_PAUSE, BURST_SECONDS, LONGEST_PAUSE, QueuePollPace


def after_failures(pace: QueuePollPace, count: int) -> list[float]:
    """Return the pause after each of so many failures."""
    pauses = []
    for _ in range(count):
        pace.failed()
        pauses.append(pace.pause(0, watched=True))
    return pauses


def test_the_pace_is_the_clusters_and_never_below_the_site_s_floor() -> None:
    assert QueuePollPace(30, 10).pause(0, watched=True) == 30
    pace = QueuePollPace(2, 10)
    assert pace.pause(0, watched=True) == 10
    pace.set(60, 20)
    assert (pace.pause(0, watched=True), pace.floor) == (60, 20)


def test_it_slows_down_when_nobody_looks() -> None:
    assert QueuePollPace(30, 10).pause(0, watched=False) > 60


def test_after_an_action_it_hurries_for_a_while() -> None:
    pace = QueuePollPace(30, 10)
    pace.acted(100)
    assert pace.pause(100 + BURST_SECONDS - 1, watched=True) == BURST_PAUSE
    assert pace.pause(100 + BURST_SECONDS + 1, watched=True) == 30


def test_failures_make_the_pauses_grow_up_to_ten_minutes_even_in_a_hurry() -> None:
    pace = QueuePollPace(30, 10)
    pace.acted(0)
    pauses = after_failures(pace, 12)
    for usual, pause in zip((60, 120, 240, 480), pauses, strict=False):
        assert 0.8 * usual <= pause <= 1.2 * usual
    assert all(0.8 * LONGEST_PAUSE <= pause <= LONGEST_PAUSE for pause in pauses[5:])
    pace.succeeded()
    assert pace.pause(0, watched=True) == BURST_PAUSE
    assert after_failures(pace, 1)[0] < 100


def test_clusters_that_failed_together_are_not_asked_together() -> None:
    assert len({after_failures(QueuePollPace(30, 10), 1)[0] for _ in range(20)}) > 1


@pytest.mark.parametrize("poll", [700.0, 1800.0])
def test_a_cluster_that_is_seldom_polled_is_not_polled_more_often_when_that_fails(poll: float) -> None:
    assert after_failures(QueuePollPace(poll, 10), 3) == [poll] * 3
