"""What a login node says before it closes a connection or ends a session is what the user reads."""

import pytest

from jupystra_tui.errors import AuthError, ConnectError
from jupystra_tui.ssh.shell import SessionEnded

from ..cluster.etc import BANNER
from ..cluster.users import NOISE, reset_home
from . import keys
from .conftest import At, both
from .people import EXPIRED, MAINTENANCE, PASSWORD
from .site import LoginSite
from .someone import Someone

SECONDS = 10.0
BAD_ADVICE = ("restarting", "by itself", "automatically", "IdentityFile")


def key(logins: LoginSite) -> str:
    return f"IdentityFile {logins.keys / 'ed25519'}"


@pytest.mark.parametrize(("user", "answers"), [("expired", ()), ("expiredpw", (PASSWORD,))])
@both
async def test_an_account_that_is_closed_says_why(
    logins: LoginSite, at: At, user: str, answers: tuple[str, ...]
) -> None:
    error = await Someone(*answers).turned_away(at(user, key(logins)))
    assert isinstance(error, AuthError)
    assert error.title == f"{user}@hpc: the login node closed the connection: {EXPIRED}"
    assert EXPIRED in error.detail
    assert BANNER.splitlines()[1] in error.detail
    assert not [advice for advice in BAD_ADVICE if advice in error.hint]


async def test_an_account_that_is_closed_says_why_between_the_questions_too(at: At) -> None:
    someone = Someone(PASSWORD)
    error = await someone.turned_away(at("expiredkbd"))
    assert EXPIRED in someone.steps
    assert error.title == f"expiredkbd@hpc: the login node rejected the login: {EXPIRED}"


ENDS = {
    "forced": MAINTENANCE,
    "changingpw": "Password change required but no TTY available.",
    "nologin": "This account is currently not available.",
    "noshell": "it printed nothing",
}


@pytest.mark.parametrize("user", ENDS)
@both
async def test_a_session_that_ends_at_once_says_why(logins: LoginSite, at: At, user: str) -> None:
    answers = [PASSWORD] if user == "changingpw" else []
    connection = await Someone(*answers).connect(at(user, key(logins)))
    for run in (connection.run, connection.run_on_own_channel, connection.run_on_second_shell):
        with pytest.raises(SessionEnded) as caught:
            await run("echo in", SECONDS)
        assert caught.value.title.startswith(f"The login node ended the session: {ENDS[user]}")
        assert not [advice for advice in BAD_ADVICE if advice in caught.value.hint]
    await connection.aclose()


@pytest.mark.parametrize("script", ["echo why; exit 1", "echo why >&2; exit 1", "echo why; kill -9 $$"])
@both
async def test_a_start_up_file_that_ends_the_shell_says_why(logins: LoginSite, at: At, script: str) -> None:
    home, person = logins.home_of("key"), logins.users["key"]
    (home / ".bashrc").write_text(
        f"echo '{NOISE}'\nsleep 0.5\n{script}\n"
    )  # output and errors come on two ways
    try:
        connection = await Someone().connect(at("key", key(logins)))
        with pytest.raises(SessionEnded) as caught:
            await connection.run("echo in", SECONDS)
        assert caught.value.title.startswith("The login node ended the session: why")
        assert NOISE in caught.value.detail
        await connection.aclose()
    finally:
        reset_home(home, person, keys.authorized(logins.keys))


@both
async def test_what_a_session_printed_before_it_hung_is_in_the_details(logins: LoginSite, at: At) -> None:
    connection = await Someone().connect(at("menuonly", key(logins)))
    with pytest.raises(ConnectError, match="did not answer") as caught:
        await connection.run("echo in", 1.5)
    assert caught.value.detail.endswith("Choose a service:")
    await connection.aclose()


@both
async def test_a_banner_that_no_dialog_showed_is_a_step_of_the_login(logins: LoginSite, at: At) -> None:
    someone = Someone()
    async with someone.logged_in(at("key", key(logins))):
        assert BANNER.splitlines()[1] in someone.steps
