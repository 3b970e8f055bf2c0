"""Passwords of real servers, asked by `jupystra` on a terminal."""

import asyncio

import pytest

from jupystra_tui.model import Cluster

from ..terminal.terminal import Terminal
from ..verbs.running import jupystra
from .conftest import At
from .people import PASSWORD
from .site import LoginSite


@pytest.fixture
def listing(slurm: LoginSite, at: At) -> tuple[str, ...]:
    """Return the words that list the jobs of somebody who logs in by password."""
    cluster: Cluster = at("password")
    return ("-F", cluster.ssh_config, "list", "--cluster", cluster.host)


async def test_a_password_is_typed_unseen_and_then_the_worker_has_the_login(listing: tuple[str, ...]) -> None:
    def typed() -> None:
        with Terminal(*listing, columns=100, module="jupystra_tui.verbs") as terminal:
            terminal.shows("password@hpc asks:", "│ Password", "Your answer to password@hpc:")
            terminal.press("wrong", "enter")
            terminal.shows("not accepted", "Your answer to password@hpc:")
            terminal.press(PASSWORD, "enter")
            assert terminal.ends() == 0
            assert PASSWORD.encode() not in terminal.recording

    await asyncio.to_thread(typed)
    assert (await asyncio.to_thread(jupystra, *listing)).status == 0


async def test_a_question_given_up_ends_the_login(listing: tuple[str, ...]) -> None:
    def given_up() -> None:
        with Terminal(*listing, columns=100, module="jupystra_tui.verbs") as terminal:
            terminal.shows("Your answer to")
            terminal.press("escape")
            assert terminal.ends() == 130

    await asyncio.to_thread(given_up)


async def test_where_there_is_no_terminal_the_question_is_told(listing: tuple[str, ...]) -> None:
    ended = await asyncio.to_thread(jupystra, *listing, "--json")
    assert ended.status == 5
    assert ended.told["error"]["title"].startswith("password@hpc asks a question")


async def test_a_wrong_password_of_a_script_is_no_login(listing: tuple[str, ...]) -> None:
    words = (*listing, "--json")
    ended = await asyncio.to_thread(jupystra, *words, "-P", "wrong")
    assert ended.status == 3
    assert "did not accept the one given with -P" in ended.told["error"]["title"]
    assert (await asyncio.to_thread(jupystra, *words, "-P", PASSWORD)).status == 0
