"""The package as its source has it: modules, what they import, and the classes that they define."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = "jupystra_tui"


@cache
def modules() -> dict[str, ast.Module]:
    """Return the syntax tree of each module, by its full name."""
    found = {}
    for path in sorted((ROOT / PACKAGE).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = ast.parse(path.read_text())
    return found


def imports(trees: Mapping[str, ast.Module]) -> dict[str, set[str]]:
    """Return which modules each module imports, those in functions and below TYPE_CHECKING included.

    `from package import module` counts for the module alone.
    """
    return {name: {one for one in _imported(tree, trees) if one != name} for name, tree in trees.items()}


def _imported(tree: ast.Module, trees: Mapping[str, ast.Module]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in trees)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module in trees:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            package = node.module
            yield from (name if name in trees else package for name in names)


def cycles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that import each other, directly or through others."""
    reached = {name: _reached(graph, name) for name in graph}
    groups = {
        tuple(sorted(one for one in reached[name] if name in reached[one]))
        for name in graph
        if name in reached[name]
    }
    return sorted(map(list, groups))


def _reached(graph: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += graph[name]
    return found


def class_places(trees: Mapping[str, ast.Module]) -> dict[str, list[str]]:
    """Return the modules that define a class of each name."""
    places: dict[str, list[str]] = defaultdict(list)
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(name)
    return places


def module_places(trees: Mapping[str, ast.Module]) -> dict[str, list[str]]:
    """Return the modules of each name, without their packages."""
    places: dict[str, list[str]] = defaultdict(list)
    for name in trees:
        places[name.rpartition(".")[2]].append(name)
    return places
