"""No sentence decides: code compares facts, and the worker names no key or command of a front end."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import jupystra_tui

PACKAGE = Path(jupystra_tui.__file__).parent
FOREIGN_WORDS = {
    "demo/slurm/options.py": "argparse's messages, written as sbatch writes them",
    "demo/slurm/option_parser.py": "argparse's messages, written as sbatch writes them",
    "schedulers/lsf/lsf_accounting.py": "bhist's and bjobs' messages",
    "schedulers/slurm/slurm_values.py": "squeue's words",
    "schedulers/slurm/slurm_failures.py": "sbatch's messages",
    "ssh/login.py": "paramiko's messages",
    "ssh/open_connection.py": "paramiko's messages",
    "ssh/relay.py": "OpenSSH's messages",
    "ssh/way_faults.py": "OpenSSH's messages",
    "ssh/proxy_errors.py": "OpenSSH's messages",
}
"""The modules that read what a foreign program wrote, where there is no fact to compare."""
FRONT_END_WORDS = re.compile(
    r"\bpress\b|`jupystra |`[a-z]`|\bjupystra (?:list|connect|kill|log|start|worker)\b"
)
BEHIND_THE_SOCKET = ("model", "schedulers", "ssh", "worker")


def _trees(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        name = file.relative_to(PACKAGE).as_posix()
        if not folders or name.startswith(folders):
            yield name, ast.parse(file.read_text())


def _sentences(node: ast.AST) -> Iterator[str]:
    """Yield the text constants with a space between words, also in a set or a tuple."""
    for part in [node, *getattr(node, "elts", [])]:
        text = part.value if isinstance(part, ast.Constant) else None
        if isinstance(text, str) and re.search(r"[^\W\d_]\s+[^\W\d_]", text):
            yield text


def compared(tree: ast.Module) -> list[str]:
    """Return the sentences that a module compares with `in`, `not in`, `==` or `!=`."""
    kinds = ast.In | ast.NotIn | ast.Eq | ast.NotEq
    return [
        sentence
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and any(isinstance(one, kinds) for one in node.ops)
        for part in (node.left, *node.comparators)
        for sentence in _sentences(part)
    ]


def test_no_sentence_is_compared_to_decide_something() -> None:
    found = {
        f"{name}: {sentence}"
        for name, tree in _trees()
        if name not in FOREIGN_WORDS
        for sentence in compared(tree)
    }
    assert found == set()


def test_the_search_for_sentences_finds_them() -> None:
    tree = ast.parse(
        'a = "not start" in text; b = x == "the answer"; c = y in {"the password", "k"}; d = e == "submit"'
    )
    assert compared(tree) == ["not start", "the answer", "the password"]


def test_the_worker_names_no_key_and_no_command_of_a_front_end() -> None:
    found = {
        f"{name}: {text}"
        for name, tree in _trees(*BEHIND_THE_SOCKET)
        for text in _texts(tree)
        if FRONT_END_WORDS.search(text)
    }
    assert found == set()


def _texts(tree: ast.Module) -> Iterator[str]:
    """Yield the text constants that are not docstrings."""
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.value
