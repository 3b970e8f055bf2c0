"""The README's keys, flags and commands are those of the program."""

import re
from argparse import SUPPRESS, ArgumentParser
from pathlib import Path

from jupystra_tui.cli import dashboard_parser
from jupystra_tui.frontend.config import Config
from jupystra_tui.frontend.flags import add_target
from jupystra_tui.frontend.launch_flags import add_launch
from jupystra_tui.model import Cluster, JobRequest
from jupystra_tui.options.readme import markdown
from jupystra_tui.schedulers.registry import REGISTRY
from jupystra_tui.ssh import ssh_keywords, transport_table
from jupystra_tui.ui import commands
from jupystra_tui.verbs.exits import MEANINGS
from jupystra_tui.verbs.parser import VERBS

README = Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")


def test_the_keys_are_those_of_the_program() -> None:
    assert commands.markdown().strip() in README


def test_the_keywords_of_ssh_are_those_of_the_program() -> None:
    assert ssh_keywords.markdown() in README


def test_the_transports_can_do_what_the_table_says() -> None:
    assert transport_table.markdown() in README


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


def test_the_exit_statuses_are_those_of_the_verbs() -> None:
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", README, re.MULTILINE)
    assert [(int(status), meaning) for status, meaning in rows] == list(MEANINGS)


def test_every_verb_is_named() -> None:
    section = README.partition("## From scripts")[2].partition("\n## ")[0]
    written = " ".join(re.findall(r"`([^`]*)`", section))
    assert set(VERBS) <= set(re.findall(r"[a-z]+", written))


def test_the_launch_options_are_those_of_the_program() -> None:
    assert markdown({name: entry.title for name, entry in REGISTRY.items()}) in README


def test_every_other_flag_has_a_row() -> None:
    table = README.partition("| flag | if left out | meaning |")[2].partition("\n\n")[0]
    named = set(re.findall(r"(?<![\w-])--?\w+", "".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE))))
    parser = ArgumentParser(add_help=False)
    add_target(parser)
    add_launch(parser, ())
    shown = [action for action in parser._actions if action.help != SUPPRESS]
    for action in shown:
        assert not action.option_strings or named & set(action.option_strings), action.option_strings
    assert named <= {option for action in shown for option in action.option_strings}
