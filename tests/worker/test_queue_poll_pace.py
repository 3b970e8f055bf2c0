"""Sites ask for few polls; a person who just did something wants to see it."""

from jupystra_tui.worker.queue_poll_pace import BURST_PAUSE, QueuePollPace


def test_the_pace_is_the_clusters_and_never_below_the_site_s_floor() -> None:
    assert QueuePollPace(30, 10).pause(0, watched=True) == 30
    assert QueuePollPace(2, 10).pause(0, watched=True) == 10


def test_it_slows_down_when_nobody_looks() -> None:
    assert QueuePollPace(30, 10).pause(0, watched=False) > 60


def test_after_an_action_it_hurries_for_a_while() -> None:
    pace = QueuePollPace(30, 10, burst_until=60)
    assert pace.pause(59, watched=True) == BURST_PAUSE
    assert pace.pause(61, watched=True) == 30


def test_failures_make_the_pauses_grow_up_to_a_limit_even_in_a_hurry() -> None:
    pauses = [
        QueuePollPace(30, 10, burst_until=60, failures=count).pause(0, watched=True) for count in range(1, 9)
    ]
    assert pauses == sorted(pauses)
    assert pauses[0] >= 30
    assert pauses[-1] == 600.0


def test_each_failure_doubles_the_pause() -> None:
    assert [QueuePollPace(30, 10, failures=count).pause(0, watched=True) for count in (1, 2, 3, 4)] == [
        60,
        120,
        240,
        480,
    ]


def test_the_queue_is_asked_for_every_ten_minutes_however_often_that_failed() -> None:
    assert QueuePollPace(30, 10, failures=30).pause(0, watched=False) == 600.0
