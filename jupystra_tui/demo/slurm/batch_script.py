"""The batch script given to sbatch: where it comes from, what makes it one, its `#SBATCH` lines."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jupystra_tui.demo.scheduler_commands import CommandCall
from jupystra_tui.demo.slurm.option_parser import CommandUsage, SlurmError

DIRECTIVE = "#SBATCH"
NO_SHEBANG = (
    "sbatch: error: This does not look like a batch script.  The first\n"
    "sbatch: error: line must start with #! followed by the path to an interpreter.\n"
    "sbatch: error: For instance: #!/bin/sh\n"
)
DOS_LINES = (
    "sbatch: error: Batch script contains DOS line breaks (\\r\\n)\n"
    "sbatch: error: instead of expected UNIX line breaks (\\n).\n"
)


@dataclass(frozen=True)
class BatchScript:
    """A checked script, the name a job gets by it, and its file if it has one."""

    text: str
    name: str
    file: str = ""


def read_script(call: CommandCall, options: Mapping[str, str], operands: Sequence[str]) -> BatchScript:
    """The script as `--wrap`, a file or standard input gives it; SlurmError when it is none."""
    if "wrap" in options:
        return BatchScript(f"#!/bin/sh\n{options['wrap']}\n", "wrap")
    if operands:
        file = Path(call.folder, operands[0])
        script = BatchScript(_read(file, operands[0]), file.name, str(file))
    else:
        script = BatchScript(call.read_stdin(), "sbatch")
    _check(script.text)
    return script


def directives(script: BatchScript, usage: CommandUsage) -> dict[str, str]:
    """The options in the script's `#SBATCH` lines, up to its first command."""
    words = [word for line in _directive_lines(script.text) for word in _words(line)]
    options, rest = usage.parse(words)
    if rest:
        raise SlurmError(f"sbatch: error: Invalid directive found in batch script: {rest[0]}\n", usage.code)
    return options


def _read(file: Path, given: str) -> str:
    try:
        return file.read_bytes().decode(errors="surrogateescape")
    except OSError as error:
        raise SlurmError(f"sbatch: error: Unable to open file {given}\n") from error


def _check(text: str) -> None:
    if not text:
        raise SlurmError("sbatch: error: Batch script is empty!\n")
    if not text.startswith("#!"):
        raise SlurmError(NO_SHEBANG)
    if "\r\n" in text:
        raise SlurmError(DOS_LINES)


def _directive_lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            return
        if line.startswith(DIRECTIVE):
            yield line.removeprefix(DIRECTIVE)


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError as error:
        raise SlurmError(
            f"sbatch: error: Invalid directive found in batch script: {line.strip()}\n", 255
        ) from error
