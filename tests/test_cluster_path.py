"""Paths on a cluster: what is expanded, and what is refused."""

import pytest

from jupystra_tui.model.cluster_path import read_path

VALUES = {"~": "/home/ada", "~bob": "/home/bob", "USER": "ada", "SCRATCH": "/scratch/$x"}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/scratch/$USER", "/scratch/ada"),
        ("/scratch/${USER}_x/$USER.log", "/scratch/ada_x/ada.log"),
        ("$SCRATCH/x", "/scratch/$x/x"),
        ("~", "/home/ada"),
        ("~/a b", "/home/ada/a b"),
        ("~bob/x", "/home/bob/x"),
        ("x~/y", "x~/y"),
        ("~9/y", "~9/y"),
        (r"cost\$USER", "cost$USER"),
        ("cost$", "cost$"),
        ("a$/b$.c", "a$/b$.c"),
        ("", ""),
    ],
)
def test_variables_and_homes_are_expanded(text: str, path: str) -> None:
    read = read_path(text)
    assert not read.refused
    assert read.expand(VALUES) == path


@pytest.mark.parametrize(
    "text",
    [
        "$(id)",
        "`id`",
        "${USER:-x}",
        "${USER/a/b}",
        "$((1))",
        "/x/$1",
        "$$",
        "$?",
        "/$@",
        "a/${!USER}",
        "$USER`id`",
    ],
)
def test_commands_and_other_expansions_are_refused(text: str) -> None:
    assert read_path(text).refused
