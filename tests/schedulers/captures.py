"""What a real Slurm (22.05) printed, byte for byte."""

import re
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "fixtures" / "slurm"
MARK = "5f3a9c0d5f3a9c0d"


def printed(name: str) -> str:
    """Return what a command printed."""
    return (FOLDER / f"{name}.txt").read_bytes().decode()


def failures(name: str) -> list[tuple[str, str, int]]:
    """Return program, output and exit code of each command recorded in a file of `$ command` transcripts."""
    found = re.findall(r"^\$ (.*?)\n(.*?)\[rc=(\d+)[^]]*\]$", printed(name), re.MULTILINE | re.DOTALL)
    return [
        (program[0], said, int(rc))
        for line, said, rc in found
        if (program := re.search(r"s(?:batch|queue|info|cancel|control|acct)", line))
    ]


def refusal(name: str) -> tuple[str, int]:
    """Return what a refused sbatch said, and its exit code."""
    [(_, said, rc)] = failures(name)
    return said, rc
