"""Stories of logging in."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from jupystra_tui import protocol
from jupystra_tui.frontend.config import Config
from jupystra_tui.model import Cluster, HostKey, Problem, Prompt, PromptKind, Session, SessionPhase
from jupystra_tui.ui.app import JupystraApp
from jupystra_tui.ui.screens.host_key import HostKeyDialog
from jupystra_tui.ui.screens.login import LoginScreen
from jupystra_tui.ui.screens.login_progress import LoginProgress
from jupystra_tui.ui.screens.problem import ProblemDialog
from tests.ui.conftest import seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.pictures import SIZES, looks_as_before
from tests.ui.stories import O2

ORCHESTRA = Cluster("orchestra", "orchestra.example.edu")
CONFIG = Config(clusters=(O2, ORCHESTRA))
ALIASES = ("gpu-login", "o2-transfer", "日本語ホスト")
STEPS = ("o2.example.edu answers on port 22", "host key is known", "key id_ed25519 offered")
ON_ITS_WAY = Session(O2, SessionPhase.CONNECTING, user="alice", steps=STEPS)
REFUSED = Problem(
    "o2.example.edu refused every key that was offered", "Add a key with ssh-add.", "debug: publickey"
)
FAILED = replace(ON_ITS_WAY, phase=SessionPhase.DOWN, problem=REFUSED)
UP = replace(ON_ITS_WAY, phase=SessionPhase.UP, scheduler="slurm")

KEYS = {"@": "at", ".": "full_stop", "-": "minus", " ": "space", ";": "semicolon"}


@asynccontextmanager
async def login(
    worker: FakeWorker, size: tuple[int, int] = (80, 24), config: Config = CONFIG
) -> AsyncIterator[tuple[Pilot[None], LoginScreen]]:
    """Start the dashboard without a cluster: the login opens by itself, and the aliases come."""
    worker.expect(protocol.ListHosts, protocol.Hosts(ALIASES))
    app = JupystraApp(config)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, LoginScreen) and app.screen.query(OptionList))
        screen = app.screen
        assert isinstance(screen, LoginScreen)
        await until(pilot, lambda: any("gpu-login" in name for name in offered(screen)))
        yield pilot, screen


def offered(screen: LoginScreen) -> list[str]:
    """Return the lines of the list."""
    return [str(option.prompt) for option in screen.query_one(OptionList).options]


def said(screen: LoginScreen, selector: str) -> str:
    """Return what a part of the screen says."""
    return str(screen.query_one(selector).render())


async def type_in(pilot: Pilot[Any], text: str) -> None:
    """Type a text."""
    await pilot.press(*(KEYS.get(char, char) for char in text))
    await pilot.pause()


async def test_a_known_cluster_by_its_first_letters(worker: FakeWorker) -> None:
    async with login(worker) as (pilot, screen):
        worker.expect(protocol.Login)
        await type_in(pilot, "orc")
        assert "logs in to orchestra.example.edu" in said(screen, "#way")
        await pilot.press("enter")
        asked = await worker.was_asked(protocol.Login)
        assert asked.cluster == ORCHESTRA


async def test_arrows_choose_and_the_user_is_kept(worker: FakeWorker) -> None:
    async with login(worker) as (pilot, screen):
        worker.expect(protocol.Login)
        await type_in(pilot, "bob@o2")
        await pilot.press("down")
        assert said(screen, "#way") == "logs in to o2-transfer as bob"
        await pilot.press("enter")
        asked = await worker.was_asked(protocol.Login)
        assert (asked.cluster.host, asked.cluster.user) == ("o2-transfer", "bob")


async def test_any_other_host_can_be_typed(worker: FakeWorker) -> None:
    async with login(worker, config=Config(ssh_config="/tmp/ssh_config")) as (pilot, _):
        assert (await worker.was_asked(protocol.ListHosts)).ssh_config == "/tmp/ssh_config"
        worker.expect(protocol.Login)
        await type_in(pilot, "alice@new.example.org")
        await pilot.press("enter")
        asked = await worker.was_asked(protocol.Login)
        assert asked.cluster == Cluster("new.example.org", "new.example.org", "alice", 0, "/tmp/ssh_config")


async def test_a_click_logs_in(worker: FakeWorker) -> None:
    async with login(worker) as (pilot, _):
        worker.expect(protocol.Login)
        await pilot.click(OptionList, offset=(3, 1))
        assert (await worker.was_asked(protocol.Login)).cluster == ORCHESTRA


@pytest.mark.parametrize("typed", ["-oProxyCommand", "o2 x", "o2;reboot", "alice@"])
async def test_what_is_no_host_is_refused_in_the_form(worker: FakeWorker, typed: str) -> None:
    async with login(worker) as (pilot, screen):
        await type_in(pilot, typed)
        await pilot.press("enter")
        await pilot.pause()
        assert said(screen, "#way").endswith(".")
        assert screen.query_one("#way").has_class("-wrong")
        assert screen.query_one(Input).value == typed
    assert not any(isinstance(asked, protocol.Login) for asked in worker.asked)


async def test_steps_appear_and_the_jobs_follow(
    worker: FakeWorker, still_clock: Callable[[float], None]
) -> None:
    async with login(worker) as (pilot, screen):
        worker.expect(protocol.Login)
        await pilot.press("enter")
        await worker.was_asked(protocol.Login)
        worker.tell(protocol.SessionChanged(ON_ITS_WAY))
        await until(pilot, lambda: screen.query_one(LoginProgress).display)
        assert "√ host key is known" in said(screen, "#steps")
        still_clock(7)
        screen.tick()
        assert "◐ key id_ed25519 offered …  7 s" in said(screen, "#steps")
        worker.tell(protocol.SessionChanged(UP))
        await until(pilot, lambda: pilot.app.screen is not screen)


async def test_a_question_on_the_way_does_not_hold_the_screen(worker: FakeWorker) -> None:
    key = HostKey("o2.example.edu", "ED25519", "SHA256:abc")
    async with login(worker) as (pilot, screen):
        worker.expect(protocol.Login)
        worker.expect(protocol.Answer)
        await pilot.press("enter")
        await worker.was_asked(protocol.Login)
        worker.tell(
            protocol.SessionChanged(replace(ON_ITS_WAY, phase=SessionPhase.WAITING)),
            protocol.PromptAsked(Prompt("p", PromptKind.HOST_KEY, "o2", "", host_key=key)),
        )
        await until(pilot, lambda: isinstance(pilot.app.screen, HostKeyDialog))
        assert "waiting for your answer" in said(screen, "#steps")
        worker.tell(protocol.SessionChanged(UP))
        await until(pilot, lambda: pilot.app.session == UP)  # type: ignore[attr-defined]
        await pilot.press("t", "enter")
        answered = await worker.was_asked(protocol.Answer)
        assert answered.answer is not None
        assert answered.answer.reveal() == "trust"
        await until(
            pilot, lambda: pilot.app.screen is not screen and not isinstance(pilot.app.screen, HostKeyDialog)
        )


async def test_a_failure_says_why_and_the_form_keeps_what_was_typed(worker: FakeWorker) -> None:
    async with login(worker) as (pilot, screen):
        worker.expect(protocol.Login, always=True)
        await type_in(pilot, "alice@o2")
        await pilot.press("enter")
        await worker.was_asked(protocol.Login)
        worker.tell(protocol.SessionChanged(ON_ITS_WAY))
        await until(pilot, lambda: screen.query_one(Input).disabled)
        worker.tell(protocol.SessionChanged(FAILED))
        await until(pilot, lambda: not screen.query_one(Input).disabled)
        assert REFUSED.title in said(screen, "#problem")
        assert REFUSED.hint in said(screen, "#problem")
        assert "× key id_ed25519 offered" in said(screen, "#steps")
        assert screen.query_one(Input).value == "alice@o2"
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProblemDialog))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("enter")
        await worker.was_asked(protocol.Login, 2)


async def test_escape_stops_a_login_and_stays(worker: FakeWorker) -> None:
    async with login(worker) as (pilot, screen):
        worker.expect(protocol.Login)
        worker.expect(protocol.Logout)
        await type_in(pilot, "o2")
        await pilot.press("enter")
        await worker.was_asked(protocol.Login)
        worker.tell(protocol.SessionChanged(ON_ITS_WAY))
        await until(pilot, lambda: screen.query_one(Input).disabled)
        await pilot.press("escape")
        assert (await worker.was_asked(protocol.Logout)).cluster == "o2"
        worker.tell(protocol.SessionClosed("o2"))
        await until(pilot, lambda: not screen.query_one(Input).disabled)
        assert pilot.app.screen is screen
        assert screen.query_one(Input).value == "o2"
        assert screen.query_one(Input).has_focus
        assert not screen.query_one(LoginProgress).display


async def test_aliases_that_cannot_be_read_are_no_obstacle(worker: FakeWorker) -> None:
    worker.expect(protocol.ListHosts, Problem("~/.ssh/config: line 3 is odd"))
    app = JupystraApp(CONFIG)
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, LoginScreen) and app.screen.query(OptionList))
        await worker.was_asked(protocol.ListHosts)
        screen = app.screen
        assert isinstance(screen, LoginScreen)
        await until(pilot, lambda: len(offered(screen)) == 2)


async def test_ones_own_presets_are_offered_and_a_broken_one_is_said(worker: FakeWorker, home: Path) -> None:
    (home / "presets").mkdir()
    (home / "presets" / "atlas.toml").write_text('host = "atlas.example.org"\n[defaults]\nqueue = "gpu"\n')
    (home / "presets" / "bad.toml").write_text("hots = 1\n")
    worker.expect(protocol.ListHosts, protocol.Hosts(()))
    app = JupystraApp(Config())
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, ProblemDialog))
        await until(pilot, lambda: "bad.toml:1: unknown setting" in seen(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, LoginScreen) and app.screen.query(OptionList))
        screen = app.screen
        assert isinstance(screen, LoginScreen)
        assert [line.split() for line in offered(screen)] == [
            ["atlas", "atlas.example.org", "your", "preset"]
        ]
        worker.expect(protocol.Login)
        await type_in(pilot, "atl")
        await pilot.press("enter")
        assert (await worker.was_asked(protocol.Login)).cluster.defaults.queue == "gpu"


async def test_nothing_known_says_what_to_do(worker: FakeWorker) -> None:
    worker.expect(protocol.ListHosts, protocol.Hosts(()))
    app = JupystraApp(Config())
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, LoginScreen) and app.screen.query("#nothing"))
        await until(pilot, lambda: app.screen.query_one("#nothing").display)


@SIZES
async def test_looks(worker: FakeWorker, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with login(worker, size) as (pilot, _):
        assert await looks_as_before(pilot, snapshot)


@SIZES
@pytest.mark.parametrize("session", [ON_ITS_WAY, FAILED], ids=["on_its_way", "failed"])
async def test_looks_when(
    worker: FakeWorker, session: Session, size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    async with login(worker, size) as (pilot, screen):
        worker.expect(protocol.Login)
        await type_in(pilot, "alice@o2")
        await pilot.press("enter")
        await worker.was_asked(protocol.Login)
        worker.tell(protocol.SessionChanged(session))
        await until(pilot, lambda: screen.query_one(LoginProgress).display)
        assert await looks_as_before(pilot, snapshot)


@pytest.mark.parametrize("size", [(40, 24), (20, 8)], ids=["40x24", "20x8"])
async def test_small_terminals_do_no_harm(worker: FakeWorker, size: tuple[int, int]) -> None:
    async with login(worker, size) as (pilot, screen):
        worker.expect(protocol.Login)
        await type_in(pilot, "o2")
        await pilot.press("enter")
        await worker.was_asked(protocol.Login)
        worker.tell(protocol.SessionChanged(FAILED))
        await until(pilot, lambda: screen.query_one(LoginProgress).display)
