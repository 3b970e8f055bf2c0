"""How often a tunnel that failed is tried again."""

from jupystra_tui.worker.retries import PATIENCE, Retries


def test_the_first_attempt_comes_at_once_and_the_next_within_three_seconds() -> None:
    retries = Retries(clock=lambda: 0.0)
    pauses = [retries.next() for _ in range(20)]
    assert pauses[0] == 0.0
    assert 0 < pauses[1] < 1
    assert all(0 < pause <= 3 for pause in pauses[1:])
    assert len(set(pauses)) > 10, "each differs a little, so that many clients do not come at the same moment"


def test_after_three_minutes_attempts_are_rarer_but_never_more_than_half_a_minute_apart() -> None:
    now = [0.0]
    retries = Retries(clock=lambda: now[0])
    retries.next()
    now[0] = PATIENCE + 1
    pauses = [retries.next() for _ in range(10)]
    assert pauses[-1] > 15
    assert all(3 < pause <= 30 for pause in pauses)


def test_a_success_begins_again() -> None:
    now = [0.0]
    retries = Retries(clock=lambda: now[0])
    retries.next()
    now[0] = PATIENCE + 1
    retries.next()
    retries.reset()
    assert retries.next() == 0.0
    assert retries.next() < 1
