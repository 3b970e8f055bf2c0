"""The figures of the package are counted correctly."""

import ast
from pathlib import Path

from tests.figures import (
    import_cycles,
    import_graph,
    read_sources,
    repeated_classes,
    repeated_modules,
    spans,
)

MODULES = {
    "toy/__init__.py": "",
    "toy/a.py": "from toy.b import B\nclass Same: ...\n",
    "toy/b.py": "def f() -> None:\n    from toy.a import A\nif True:\n    import toy.c\nclass Same: ...\n",
    "toy/c.py": "from toy import a\n",
    "toy/d.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import toy.e\n",
    "toy/e.py": "import toy.d\n",
    "toy/deep/__init__.py": "",
    "toy/deep/a.py": "",
}


def make_package(folder: Path) -> Path:
    for name, text in MODULES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "toy"


def test_a_circle_of_imports_is_found(tmp_path: Path) -> None:
    assert import_cycles(import_graph(read_sources(make_package(tmp_path)))) == [["toy.a", "toy.b", "toy.c"]]


def test_repeated_names_are_found(tmp_path: Path) -> None:
    sources = read_sources(make_package(tmp_path))
    assert repeated_classes(sources) == {"Same": ["toy.a", "toy.b"]}
    assert repeated_modules(sources) == {"a": ["toy.a", "toy.deep.a"]}


def test_lines_of_a_function_are_counted(tmp_path: Path) -> None:
    assert spans(read_sources(make_package(tmp_path)), ast.FunctionDef) == [(2, "toy.b.f")]
