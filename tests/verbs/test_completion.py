"""What a shell completes of `jupystra`."""

import subprocess
from pathlib import Path

import pytest

from .running import SECONDS, jupystra

COMPLETED = """
source "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
$(complete -p jupystra | sed 's/.*-F \\([^ ]*\\).*/\\1/') jupystra "${COMP_WORDS[COMP_CWORD]}" ""
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("completion") / "jupystra.bash"
    file.write_text(jupystra("completion", "bash").out)
    return file


def in_bash(*argv: str) -> str:
    done = subprocess.run(["bash", *argv], capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_bash_can_read_it(script: Path) -> None:
    assert in_bash("-n", str(script)) == ""


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        (["st"], {"start", "status"}),
        (["kill", "--y"], {"--yes"}),
        (["start", "--loc"], {"--local_port", "--local-port"}),
        (["worker", ""], {"stop", "log"}),
    ],
)
def test_bash_completes_what_is_begun(script: Path, words: list[str], completed: set[str]) -> None:
    assert set(in_bash("-c", COMPLETED, "bash", str(script), "jupystra", *words).split()) == completed


@pytest.mark.parametrize("shell", ["zsh", "tcsh"])
def test_other_shells_have_one_too(shell: str) -> None:
    ended = jupystra("completion", shell)
    assert ended.status == 0
    assert "disconnect" in ended.out
