"""What schedulers print, damaged: every parser copes with it or raises one of our own errors, in a moment."""

import re
import time
from collections.abc import Callable

import pytest

from jupystra_tui.errors import JupystraError
from jupystra_tui.schedulers.lsf import SCHEDULER as LSF
from jupystra_tui.schedulers.slurm import SCHEDULER as SLURM
from tests.schedulers.captures import FOLDER as SLURM_CAPTURES
from tests.schedulers.captures import MARK
from tests.schedulers.lsf_captures import FOLDER as LSF_CAPTURES

CAPTURES = {
    path: path.read_text(errors="replace")
    for folder in (SLURM_CAPTURES, LSF_CAPTURES)
    for path in sorted(folder.glob("*.txt"))
}
DAMAGES: dict[str, Callable[[str], str]] = {
    "huge numbers": lambda text: re.sub(r"\d+", "9" * 400, text),
    "very long numbers": lambda text: re.sub(r"\d+", "9" * 5000, text[:2000]),
    "other digits": lambda text: text.translate({48 + digit: 0x660 + digit for digit in range(10)}),
    "cut in the middle": lambda text: text[: len(text) // 2],
    "without line ends": lambda text: text.replace("\n", " "),
    "without blanks": lambda text: text.replace(" ", ""),
    "twice": lambda text: text + text,
    "carriage returns": lambda text: text.replace("\n", "\r\n"),
    "escapes": lambda text: text.replace(" ", "\x1b[2J\x1b]0;title\x07 "),
    "null bytes": lambda text: text.replace("e", "\x00"),
    "one long line": lambda text: text[:200] + "x " * 5_000,
}
PARSERS: dict[str, Callable[[str], object]] = {
    f"{scheduler.name} {name}": parser
    for scheduler in (SLURM, LSF)
    for name, parser in {
        "list": lambda text, of=scheduler: of.queue.parse_list(text.encode("utf-8", "replace"), MARK, 0, ""),
        "list that failed": lambda text, of=scheduler: of.queue.parse_list(b"", MARK, 1, text),
        "submission": lambda text, of=scheduler: of.submission.parse_submit(text, "", 0),
        "refused submission": lambda text, of=scheduler: of.submission.parse_submit("", text, 1),
        "lookup": lambda text, of=scheduler: of.submission.parse_lookup("tag", text, "", 0),
        "endings": lambda text, of=scheduler: of.accounting.parse_finished(text),
        "endings one by one": lambda text, of=scheduler: of.accounting.parse_finished_fallback(text),
        "version": lambda text, of=scheduler: of.site.parse_version(text),
        "partitions": lambda text, of=scheduler: of.site.parse_partitions(text),
        "nodes": lambda text, of=scheduler: of.site.parse_nodes(text),
        "kill": lambda text, of=scheduler: of.queue.parse_cancel(1, text),
    }.items()
}
SECONDS = (
    2.0  # for one text; all take a few milliseconds, and a regular expression that runs away takes minutes
)


@pytest.mark.parametrize("parser", PARSERS)
def test_a_damaged_answer_is_parsed_or_refused_with_our_own_error(parser: str) -> None:
    for at, (path, text) in enumerate(CAPTURES.items()):
        for name in list(DAMAGES)[at % 8 :: 8]:
            damaged, began = DAMAGES[name](text), time.process_time()
            try:
                PARSERS[parser](damaged)
            except JupystraError as failed:
                said = f"{failed.title}{failed.hint}"
                assert said.isprintable(), f"{path.name}, {name}: {said!r}"
            except Exception as error:
                raise AssertionError(f"{path.name}, {name}: {error!r}") from error
            took = time.process_time() - began
            assert took < SECONDS, f"{path.name}, {name}: {took:.1f} s"
