"""Names, docstrings, comments and texts of the package use the plain words of the field."""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

import jupystra_tui

PACKAGE = Path(jupystra_tui.__file__).parent
ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(PACKAGE.rglob("*.sh")),
    *PACKAGE.rglob("*.tcss"),
]
INSTEAD = {
    r"a look|(?:new|next|last) look|look(?:s|ed|ing)? at": "poll, read, check, active",
    r"no job.s line": "no job matches",
    r"tells? more": "details, help",
    r"tells? (?:how|what|which|whether|why) .*|is told": "show, report",
    r"what became of": "how it ended",
    r"(?:asked|asks) to end|ended in order|at fault": "kill requested, completed, cause",
    r"too soon, not taken": "ignored",
    r"nobody|somebody|anybody|someone|anyone|whoever|folks?": "the user, another user, no front end",
    r"vouch\w*|stumbl\w*|beware|knock\w*|climb\w*|homeless|diary|mend(?:s|ed|ing)?|office": "a literal word",
    r"anew|whilst|thus|hence|lest|thereby|naught|nought|oneself|shall|alas|at hand": "again, so, if, must",
    r"need be|all the same|no longer ago|under way|by way of|as it were|so to speak": "needed, anyway, in progress",
    r"without harm": "idempotent",
    r"let (?:us|you|them|him|her) in|lets? (?:people|users) in": "accept the login",
    r"hand(?:s|ed|ing)? (?:it |them )?over|gives? way|goes? on|went on|lives? on": "pass, hide, replace, continue",
    r"any more": "no longer",
    r"(?:job|account|project|key|file)s? of (?:yours|ours|theirs)": "your job, your account",
    r"for (?:good|ever)|in vain|without a word|at ease|by itself alone": "permanently",
    r"here and there|how things are|where things are|state of affairs": "the state",
    r"esc stops waiting|tries again|trying again|connects? again": "esc cancels, retries, reconnects",
    r"(?:looked|asked) (?:at )?every": "polling every",
    r"one an? (?:line|job|user)": "one per line",
    r"in a login shell neither|what is usual|greets as|out of reach": "a literal sentence",
    r"colou[r]s?|behaviou?r(?<=our)s?|neighbou[r]s?|grey\w*|centre[sd]?|favou[r]\w*|honou[r]\w*|licen[c]e|organis\w*": (
        "American spelling"
    ),
}
"""Patterns of words that a reader of documentation may not know, and what to write instead."""


def texts_of(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of the string constants (docstrings, messages), the comments and the names of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
        elif token.type == tokenize.NAME:
            yield token.start[0], token.string.replace("_", " ").strip()


def unclear(texts: Iterable[tuple[int, str]], patterns: Mapping[str, str] = INSTEAD) -> list[str]:
    """Return the unclear words in texts, each with its line and what to write instead."""
    found = []
    for line, text in texts:
        for pattern, instead in patterns.items():
            match = re.search(rf"\b(?:{pattern})\b", " ".join(text.split()), re.IGNORECASE)
            if match:
                found.append(f"line {line}: “{match[0]}”; write: {instead}")
    return found


@pytest.mark.parametrize(
    "name", sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
)
def test_a_module_uses_plain_words(name: str) -> None:
    assert unclear(texts_of((PACKAGE / name).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_or_script_uses_plain_words(path: Path) -> None:
    assert unclear(enumerate(path.read_text(encoding="utf-8").splitlines(), 1)) == []


@pytest.mark.parametrize(
    "source",
    [
        '"""Look at the queue anew."""',
        "x = 1  # nobody waits",
        "def beware(): pass",
        'f"{x} goes on"',
        "'colour'",
    ],
)
def test_an_unclear_word_is_found(source: str) -> None:
    assert unclear(texts_of(source))


def test_plain_words_pass() -> None:
    assert not unclear(
        texts_of('"""Refresh the queue; the job continues."""\nlooks_good = "color"  # retried')
    )
