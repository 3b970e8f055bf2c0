"""The README's table of faults, the table here and the tests that play them are one."""

import importlib
from pathlib import Path

from . import table

README = Path(__file__).parents[2].joinpath("README.md").read_text(encoding="utf-8")
SECTION = "## What breaks, and what happens"
FOLDERS = ("faults", "cluster")


def test_the_readme_shows_this_table() -> None:
    section = README.partition(SECTION)[2].partition("\n## ")[0]
    assert table.markdown() in section, "python -m tests.faults prints it"


def test_each_fault_is_played_by_a_test() -> None:
    top = Path(__file__).parents[1]
    for folder in FOLDERS:
        for file in sorted((top / folder).glob("test_*.py")):
            importlib.import_module(f"tests.{folder}.{file.stem}")
    assert set(table.BY_NAME) == table.PLAYED


def test_names_and_words_of_faults_are_each_one_s_own() -> None:
    assert len(table.BY_NAME) == len({one.what for one in table.FAULTS}) == len(table.FAULTS) >= 30
