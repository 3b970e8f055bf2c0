"""A first login that fails is over: nothing says that it is tried again by itself."""

from pathlib import Path

import pytest

from jupystra_tui import protocol
from jupystra_tui.errors import NoAnswer, NotSent
from jupystra_tui.model import Problem, SessionPhase
from jupystra_tui.worker.connection_keeper import of_first_login

from ..front_end import attached
from .own_sshd import OwnSshd

SECONDS = 30.0
RETRIES = ("automatically", "by itself", "restarting")


async def test_a_login_node_that_ends_the_session_is_shown_with_its_words(
    tmp_path: Path, worker: Path
) -> None:
    server = OwnSshd(tmp_path)
    with (tmp_path / "sshd_config").open("a") as config:
        config.write("ForceCommand echo 'Use login2 instead' >&2; exit 1\n")
    with server.running():
        async with attached(server.cluster) as front_end:
            await front_end.client.request(protocol.Login(server.cluster))

            def down() -> Problem | None:
                session = front_end.session
                return session.problem if session and session.phase is SessionPhase.DOWN else None

            problem = await front_end.until(down, "the end of the login", SECONDS)
    assert problem.title == "The login node ended the session: Use login2 instead"
    assert not [word for word in RETRIES if word in problem.hint]


@pytest.mark.parametrize("kind", [NotSent, NoAnswer])
def test_what_is_retried_later_is_not_retried_at_the_first_login(kind: type[NotSent | NoAnswer]) -> None:
    error = of_first_login(
        kind("The connection to the login node is lost", "It is opened again automatically.")
    )
    assert error.title == "The connection to the login node is lost"
    assert not [word for word in RETRIES if word in error.hint]
