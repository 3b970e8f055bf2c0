"""Environments of conda, mamba and micromamba are activated however the set-up is written."""

from pathlib import Path

import pytest

from jupystra_tui.model import JobRequest
from tests.apps.conftest import LoginNode
from tests.apps.jobs import BatchJob

PROGRAM = """#!/bin/sh
case "$*" in
  "shell.bash hook" | "shell hook --shell bash") echo '{name}() {{ export ACTIVE="{name} $2"; }}' ;;
  "info --base") dirname "$(dirname "$0")" ;;
  *) echo "{name}: run '{name} init' before '{name} activate'" >&2; exit 1 ;;
esac
"""
FUNCTION = '{name}() {{ export ACTIVE="{name} $2"; }}\n'
LOAD = "load() { PATH=$HOME/module/bin:$PATH; }"


def tool(name: str, base: Path, *, with_file: bool = True) -> None:
    """Put a program, and the file that defines its function, below a folder."""
    for folder in (base / "bin", base / "etc/profile.d"):
        folder.mkdir(parents=True, exist_ok=True)
    (base / "bin" / name).write_text(PROGRAM.format(name=name))
    (base / "bin" / name).chmod(0o755)
    if with_file:
        (base / "etc/profile.d" / f"{name}.sh").write_text(FUNCTION.format(name=name))


def activated(node: LoginNode, *setup: str, profile: str = LOAD) -> str:
    node.fake("jupyter-lab")
    job = BatchJob(node, JobRequest(setup=(*setup, 'echo "ACTIVE=$ACTIVE"')), [profile])
    assert job.wait() == 0, job.log
    return next(line for line in job.log.splitlines() if line.startswith("ACTIVE=")).removeprefix("ACTIVE=")


@pytest.mark.parametrize(
    ("name", "with_file"),
    [("conda", True), ("mamba", False), ("micromamba", False)],
    ids=["conda, file", "mamba, hook", "micromamba, hook"],
)
@pytest.mark.parametrize(
    "line",
    [
        "load x && {name} activate e",
        "load x; {name}  activate e",
        "load x\n{name} activate e",
        "if load x; then {name} activate e; fi",
        "load x && eval \"$({name} shell.bash hook)\" && {name} activate e",
        "load x || exit 1; WORD=1; {{ {name} activate e; }}",
        "command -v {name} || load x; {name} activate e",
        "for one in e; do load x; {name} activate $one; done",
    ],
)  # fmt: skip
def test_a_tool_that_the_same_line_brings(node: LoginNode, name: str, with_file: bool, line: str) -> None:
    tool(name, node.home / "module", with_file=with_file)
    assert activated(node, line.format(name=name)) == f"{name} e"


@pytest.mark.parametrize(
    ("setup", "active"),
    [
        (("conda activate e",), "conda e"),
        (("mamba activate e",), "mamba e"),
        (("source ~/miniforge3/etc/profile.d/conda.sh; conda activate e",), "conda e"),
        ((". ~/miniforge3/etc/profile.d/conda.sh", "mamba activate e"), "mamba e"),
        (("true && conda activate a", "conda deactivate && mamba activate b"), "mamba b"),
        (("echo conda activate e",), ""),
        (("ACTIVE=none # conda activate e",), "none"),
    ],
)
def test_a_tool_in_a_usual_folder(node: LoginNode, setup: tuple[str, ...], active: str) -> None:
    for name in ("conda", "mamba"):
        tool(name, node.home / "miniforge3")
    assert activated(node, *setup) == active


def test_a_function_that_the_profile_brings_is_the_one(node: LoginNode) -> None:
    tool("conda", node.home / "miniforge3")
    profile = 'conda() { export ACTIVE="mine $2"; }'
    assert activated(node, "true; conda activate e", profile=profile) == "mine e"


@pytest.mark.parametrize("name", ["conda", "mamba", "micromamba"])
def test_a_tool_that_is_nowhere_fails_the_set_up(node: LoginNode, name: str) -> None:
    node.fake("jupyter-lab")
    job = BatchJob(node, JobRequest(setup=(f"true && {name} activate e",)))
    assert job.wait() == 1
    assert job.told("failure") == f"this set-up command failed on c1: true && {name} activate e\n"
    assert f"{name}: command not found" in job.log
