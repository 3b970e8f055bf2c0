"""What a session keeps, and for how long."""

import asyncio

import pytest

from jupystra_tui.ssh import vault
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.stopwatch import Stopwatch
from jupystra_tui.text import Secret

from ..fake_clocks import FakeClocks


async def test_the_login_s_password_is_wiped_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    over = asyncio.Event()
    kept = Vault()
    monkeypatch.setattr(vault, "OFFER_SECONDS", 0.01)
    kept.hold_login_password(Secret("s3cret"))
    held = kept.login_password
    assert held
    asyncio.get_running_loop().call_later(0.02, over.set)
    await over.wait()
    assert kept.login_password is None
    assert held.reveal() == ""


async def test_sleep_counts_and_the_password_is_gone_on_waking() -> None:
    clock = FakeClocks()
    kept = Vault(lambda: Stopwatch(clock.steady, clock.wall))
    kept.hold_login_password(Secret("s3cret"))
    clock.run(vault.OFFER_SECONDS - 1)
    held = kept.login_password
    assert held
    clock.sleep(2)
    assert kept.login_password is None
    assert held.reveal() == ""


async def test_a_slept_over_password_is_wiped_though_nobody_asks_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(vault, "CHECK_SECONDS", 0.01)
    clock = FakeClocks()
    kept = Vault(lambda: Stopwatch(clock.steady, clock.wall))
    kept.hold_login_password(Secret("s3cret"))
    held = kept.login_password
    assert held
    clock.sleep(vault.OFFER_SECONDS)
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(0.1, over.set)
    await over.wait()
    assert held.reveal() == ""


async def test_a_later_login_starts_the_quarter_of_an_hour_anew() -> None:
    clock = FakeClocks()
    kept = Vault(lambda: Stopwatch(clock.steady, clock.wall))
    kept.hold_login_password(Secret("first"))
    clock.run(vault.OFFER_SECONDS - 1)
    kept.hold_login_password(Secret("second"))
    clock.run(2)
    assert kept.login_password
    assert kept.login_password.reveal() == "second"


async def test_a_decision_about_the_nodes_ends_the_offer() -> None:
    kept = Vault()
    kept.hold_login_password(Secret("s3cret"))
    held = kept.login_password
    kept.settle(Secret("0ther"))
    assert kept.login_password is None
    assert held is not None
    assert held.reveal() == ""
    assert kept.node_password
    assert kept.node_password.reveal() == "0ther"


def test_a_password_that_no_login_needed_is_wiped() -> None:
    kept, given = Vault(), Secret("gi7en")
    kept.given = given
    kept.drop_given()
    assert kept.given is None
    assert given.reveal() == ""


async def test_wiping_forgets_everything() -> None:
    kept = Vault()
    kept.hold_login_password(Secret("s3cret"))
    kept.given = Secret("gi7en")
    kept.settle(Secret("0ther"))
    kept.wipe()
    assert (kept.login_password, kept.node_password, kept.take_given()) == (None, None, None)
