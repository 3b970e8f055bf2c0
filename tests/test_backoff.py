"""Back-off delays grow to a limit, vary randomly, and can be reset."""

from jupystra_tui.backoff import Backoff


def test_delays_grow_to_the_longest_and_can_be_reset() -> None:
    backoff = Backoff(1.0, 10.0, factor=3.0, jitter=0.0)
    assert [backoff.next() for _ in range(4)] == [1.0, 3.0, 9.0, 10.0]
    backoff.reset()
    assert backoff.next() == 1.0


def test_delays_vary_but_stay_below_the_longest() -> None:
    draws = iter([-1.0, 1.0, 0.5])
    backoff = Backoff(4.0, 8.0, factor=2.0, jitter=0.25, draw=lambda: next(draws))
    assert [backoff.next() for _ in range(3)] == [3.0, 6.0, 7.0]


def test_the_longest_delays_vary_too() -> None:
    backoff = Backoff(8.0, 8.0)
    delays = {backoff.next() for _ in range(20)}
    assert len(delays) == 20
    assert max(delays) <= 8.0


def test_two_clients_do_not_retry_at_the_same_time() -> None:
    delays = {Backoff(1.0, 60.0).next() for _ in range(20)}
    assert len(delays) > 1
    assert all(0.8 <= pause <= 1.2 for pause in delays)
