"""A person may correct the settings file between two logins: the next login takes it as it is now."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from jupystra_tui import paths, protocol
from jupystra_tui.errors import ConfigError
from jupystra_tui.frontend.config import Config, load
from jupystra_tui.model import Problem, Session, SessionPhase
from jupystra_tui.ui.screens.login import LoginScreen
from jupystra_tui.ui.screens.problem import ProblemDialog
from jupystra_tui.ui.settings_file import SettingsFile
from tests.ui.conftest import seen, until
from tests.ui.fake_worker import FakeWorker

from .test_login import login, type_in

WRONG = '[clusters.mine]\nhost = "login.example.org"\nuser = "alcie"\n'
RIGHT = '[clusters.mine]\nhost = "login.example.org"\nuser = "alice"\npoll = 20\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(WRONG)
    return path


def test_a_file_that_is_as_it_was_changes_nothing(file: Path) -> None:
    settings, config = SettingsFile(file), load(file)
    assert settings.latest(config, config.clusters[0]) == (config, config.clusters[0])


def test_a_corrected_file_is_read_once_and_keeps_keys_and_theme(file: Path) -> None:
    settings, config = SettingsFile(file), replace(load(file), theme="chosen")
    file.write_text(RIGHT)
    latest, cluster = settings.latest(config, config.clusters[0])
    assert (cluster.user, cluster.poll, latest.theme) == ("alice", 20.0, "chosen")
    assert settings.latest(latest, cluster) == (latest, cluster)


def test_what_was_typed_or_given_by_a_flag_stays(file: Path) -> None:
    settings, config = SettingsFile(file), load(file)
    typed = replace(config.clusters[0], user="bob")
    file.write_text(RIGHT)
    assert settings.latest(config, typed)[1] == typed


def test_a_file_that_came_or_went_is_noticed(file: Path) -> None:
    settings, config = SettingsFile(file), load(file)
    file.unlink()
    assert settings.latest(config, config.clusters[0]) == (Config(), config.clusters[0])
    file.write_text(RIGHT)
    assert settings.latest(Config(), config.clusters[0])[0].clusters == load(file).clusters


def test_a_mistake_in_the_file_is_shown_until_it_is_corrected(file: Path) -> None:
    settings, config = SettingsFile(file), load(file)
    file.write_text("[clusters.mine\n")
    for _ in range(2):
        with pytest.raises(ConfigError):
            settings.latest(config, config.clusters[0])
    file.write_text(RIGHT)
    assert settings.latest(config, config.clusters[0])[1].user == "alice"


async def test_after_a_failed_login_enter_logs_in_with_the_corrected_settings(worker: FakeWorker) -> None:
    path = paths.config_file()
    path.write_text(WRONG)
    async with login(worker, config=load(path)) as (pilot, _):
        await type_in(pilot, "mine")
        worker.expect(protocol.Login)
        await pilot.press("enter")
        asked = await worker.was_asked(protocol.Login)
        assert asked.cluster.user == "alcie"
        refused = Problem("alcie@mine did not accept a key")
        worker.tell(protocol.SessionChanged(Session(asked.cluster, SessionPhase.DOWN, problem=refused)))
        await until(pilot, lambda: "alcie@mine did not accept" in seen(pilot))
        path.write_text("[clusters.mine\n")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProblemDialog))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, LoginScreen))
        path.write_text(RIGHT)
        worker.expect(protocol.Login)
        await pilot.press("enter")
        assert (await worker.was_asked(protocol.Login, 2)).cluster.user == "alice"
