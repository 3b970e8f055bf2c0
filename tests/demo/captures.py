"""What a real Slurm printed, to be compared with."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "fixtures" / "slurm"
RUN = re.compile(r"\$ (?P<command>.*?)\n(?P<output>(?:(?!\$ ).*\n)*?)\[rc=(?P<code>\d+).*\]\n?")
SHELL = re.compile(r"sh -c (?P<script>.*)")
DURATION = re.compile(r"(\d+-)?(\d+:)?\d+:\d\d")
ABSTRACTIONS = (("D", DURATION), ("9", re.compile(r"\d+")), ("a", re.compile(r"[a-z][\w-]*")))


@dataclass(frozen=True)
class Run:
    """A command, its output on both streams, and its exit code."""

    command: str
    output: str
    code: int


def runs(name: str) -> list[Run]:
    """The commands in a capture."""
    text = (FOLDER / f"{name}.txt").read_text()
    return [Run(_typed(run["command"]), run["output"], int(run["code"])) for run in RUN.finditer(text)]


def run(name: str) -> Run:
    """The command of a capture that holds one."""
    (only,) = runs(name)
    return only


def shape(value: str) -> str:
    """A value with its names, numbers and durations taken out: c1 and p2 both are `a`."""
    for letter, pattern in ABSTRACTIONS:
        value = pattern.sub(letter, value)
    return value


def _typed(command: str) -> str:
    """What was typed to run it: captures hold the words of a command without the quotes around them."""
    script = SHELL.fullmatch(command)
    return script["script"] if script else shlex.join(command.split())
