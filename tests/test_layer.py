"""The failed layer is determined from data, not from texts."""

import pytest

from jupystra_tui.model import Evidence, JobState, Layer, failed_layer

RUNS, WAITS, DONE = JobState.RUNNING, JobState.PENDING, JobState.DONE


@pytest.mark.parametrize(
    ("known", "layer"),
    [
        (Evidence(online=False, session_up=False, job=RUNS), Layer.LAPTOP_OFFLINE),
        (Evidence(online=False, session_up=True, server=Layer.SERVER_GONE), Layer.SERVER_GONE),
        (Evidence(session_up=False, job=RUNS), Layer.NETWORK),
        (Evidence(session_up=False, job=WAITS), Layer.NETWORK),
        (Evidence(session_up=False, server=Layer.SERVER_GONE), Layer.NETWORK),
        (Evidence(session_up=False, route=Layer.NODE_REFUSES_SSH), Layer.NETWORK),
        (Evidence(session_up=False, login_refused=True), Layer.LOGIN_REFUSED),
        (Evidence(online=False, session_up=False, login_refused=True), Layer.LAPTOP_OFFLINE),
        (Evidence(job=DONE), Layer.JOB_ENDED),
        (Evidence(job=JobState.TIMEOUT, session_up=False), Layer.JOB_ENDED),
        (Evidence(job=JobState.NODE_FAIL, online=False), Layer.JOB_ENDED),
        (Evidence(job=WAITS, ran=True), Layer.JOB_REQUEUED),
        (Evidence(job=WAITS, ran=True, route=Layer.NODE_REFUSES_SSH), Layer.JOB_REQUEUED),
        (Evidence(job=WAITS, ran=False), Layer.JOB_PENDING),
        (Evidence(job=RUNS, route=Layer.NODE_REFUSES_SSH), Layer.NODE_REFUSES_SSH),
        (Evidence(job=RUNS, route=Layer.FORWARDING_FORBIDDEN), Layer.FORWARDING_FORBIDDEN),
        (Evidence(job=RUNS, route=Layer.NODE_UNREACHABLE, server=Layer.SERVER_GONE), Layer.NODE_UNREACHABLE),
        (Evidence(job=RUNS, server=Layer.SERVER_GONE), Layer.SERVER_GONE),
        (Evidence(job=RUNS, server=Layer.FOREIGN_SERVER), Layer.FOREIGN_SERVER),
        (Evidence(job=JobState.UNKNOWN, server=Layer.SERVER_GONE), Layer.SERVER_GONE),
        (Evidence(job=None, server=Layer.SERVER_GONE), Layer.SERVER_GONE),
        (Evidence(job=RUNS), Layer.NODE_UNREACHABLE),
        (Evidence(job=JobState.ENDING), Layer.NODE_UNREACHABLE),
    ],
)
def test_the_nearest_layer_that_explains_the_failure_is_named(known: Evidence, layer: Layer) -> None:
    assert failed_layer(known) is layer


def test_each_layer_has_its_own_text_and_says_what_happens_next() -> None:
    assert len({layer.value for layer in Layer}) == len(Layer)
    assert all(layer.hint.endswith(".") for layer in Layer)
