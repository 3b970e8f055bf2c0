"""What paths stand for is asked of the login node, where nothing in them is run."""

import pwd

import pytest

from jupystra_tui.apps.path_values import parse_values, values_script
from jupystra_tui.model.cluster_path import read_path
from tests.apps.conftest import LoginNode

MARK = "m4rk"
ROOT = pwd.getpwnam("root").pw_dir


def asked(node: LoginNode, *paths: str, folder: str = "") -> tuple[dict[str, str], bool | None]:
    out, _ = node.run(values_script(map(read_path, paths), folder, MARK))
    found = parse_values(out, MARK)
    return found.values, found.folder


def test_variables_are_those_of_a_login_shell(login: LoginNode) -> None:
    (login.home / ".bash_profile").write_text('echo noise\nexport SCRATCH="/s/it\'s $HOME"\n')
    values, _ = asked(login, "$SCRATCH/${NOWHERE}/x", "~root/y", "~/z", "~nobody-here/x")
    assert values == {"SCRATCH": f"/s/it's {login.home}", "~root": ROOT, "~": str(login.home)}


@pytest.mark.parametrize("line", ["exec zsh -l", "exit", "echo 'unbalanced"])
def test_start_up_files_that_end_the_shell_leave_the_variables_of_sh(login: LoginNode, line: str) -> None:
    (login.home / ".bash_profile").write_text(f"{line}\nexport SCRATCH=/wrong\n")
    login.environment["SCRATCH"] = "/right"
    assert asked(login, "$SCRATCH/x")[0] == {"SCRATCH": "/right"}


@pytest.mark.parametrize(
    ("folder", "there"),
    [
        ("it's $x", None),
        ("work", True),
        ("~/work", True),
        ("$HOME/work", True),
        ("nowhere", False),
        ("~nobody-here/x", False),
        ("$(touch oops)", False),
        ("`touch oops`/$HOME", False),
        ("$NOWHERE/work", None),
    ],
)
def test_a_folder_is_looked_for(login: LoginNode, folder: str, there: bool | None) -> None:
    (login.home / "work").mkdir()
    assert asked(login, folder, folder=folder)[1] == there
    assert not (login.home / "oops").exists()
