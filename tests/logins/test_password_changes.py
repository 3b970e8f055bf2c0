"""A login node that forces a change of the password: what is kept from then on is the new one."""

import sys
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from jupystra_tui.model import Prompt
from jupystra_tui.worker.login_answers import LoginAnswers
from jupystra_tui.worker.open_prompts import UserAnswer

from .conftest import At
from .people import NEW_PASSWORD, PASSWORD
from .someone import Someone

CHANGE = (PASSWORD, NEW_PASSWORD, NEW_PASSWORD)


async def test_the_new_password_is_held_for_the_compute_nodes(at: At) -> None:
    someone = Someone(PASSWORD, *CHANGE)
    async with someone.logged_in(at("changing")):
        assert [text.rpartition(") ")[2] for text in someone.asked] == [
            "Password:", "Current password:", "New password:", "Retype new password:",
        ]  # fmt: skip
        asked = someone.prompts[1]
        assert "required to change your password" in f"{asked.notes}\n{asked.text}"
        held = someone.vault.login_password
        assert held
        assert held.reveal() == NEW_PASSWORD


@pytest.mark.parametrize(
    ("kept_before", "keep", "kept_after"),
    [(PASSWORD, False, NEW_PASSWORD), (None, True, NEW_PASSWORD), (None, False, None)],
    ids=["one was in the keychain", "the user keeps it", "none is kept"],
)
async def test_the_keychain_has_the_new_password(
    at: At, monkeypatch: pytest.MonkeyPatch, kept_before: str | None, keep: bool, kept_after: str | None
) -> None:
    kept = {"changing@hpc": kept_before}
    fake = SimpleNamespace(
        get_password=lambda service, account: kept[account],
        set_password=lambda service, account, password: kept.update({account: password}),
    )
    monkeypatch.setitem(sys.modules, "keyring", fake)
    someone = Someone(*([] if kept_before else [PASSWORD]), *CHANGE)

    async def person(prompt: Prompt) -> UserAnswer:
        return UserAnswer(await Someone.ask(someone, prompt), keep=keep and bool(prompt.keep))

    cluster = replace(at("changing"), keychain=True)
    answers = LoginAnswers(cluster, "changing", attended=True, ask_person=person)
    connection = await someone.connect(cluster, ask=answers)
    await answers.accepted()
    await connection.aclose()
    assert kept == {"changing@hpc": kept_after}
