"""What the README says of keys and commands is what the program has."""

import re
from pathlib import Path

from jupystra_tui.cli import dashboard_parser
from jupystra_tui.config import Config
from jupystra_tui.model import Cluster, JobRequest
from jupystra_tui.ui import commands

README = Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")


def test_the_keys_are_those_of_the_program() -> None:
    assert commands.markdown().strip() in README


def test_every_setting_shown_is_one() -> None:
    block = re.search(r"```toml\n(.*?)```", README, re.DOTALL)
    assert block
    known = {*Config.__struct_fields__, *Cluster.__struct_fields__, *JobRequest.__struct_fields__, "kill"}
    assert set(re.findall(r"^(\w+) =", block[1], re.MULTILINE)) <= known


def test_every_picture_is_there() -> None:
    for path in re.findall(r"\]\((screenshots/[\w.]+)\)", README):
        assert Path(__file__).parents[1].joinpath(path).is_file(), path


def test_every_flag_named_is_one() -> None:
    flags = {option for action in dashboard_parser()._actions for option in action.option_strings}
    named = set(re.findall(r"jupystra-tui[^\n`]*? (--?\w+)", README))
    assert named
    assert named <= flags
