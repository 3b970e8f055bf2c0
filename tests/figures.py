"""Print the size and shape of the package: `python -m tests.figures`."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

PACKAGE = Path(__file__).parents[1] / "jupystra_tui"
NAMES_OF_PYTHON = {"__init__", "__main__"}


class Source(NamedTuple):
    """A parsed module; `name` is its dotted name."""

    name: str
    lines: int
    tree: ast.Module
    is_package: bool


class Span(NamedTuple):
    """A function or a class and how many lines it has."""

    lines: int
    name: str


def read_sources(package: Path = PACKAGE) -> list[Source]:
    """Return every module of the package, sorted by name."""
    sources = []
    for path in sorted(package.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        parts = path.relative_to(package.parent).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        sources.append(Source(name, len(text.splitlines()), ast.parse(text), is_package))
    return sources


def spans(sources: Iterable[Source], *kinds: type[ast.stmt]) -> list[Span]:
    """Return the functions or classes of the modules, shortest first."""
    return sorted(
        Span((node.end_lineno or node.lineno) - node.lineno + 1, f"{source.name}.{node.name}")
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and isinstance(node, kinds)
    )


def repeated_classes(sources: Iterable[Source]) -> dict[str, list[str]]:
    """Return the names that two or more top-level classes share, each with the modules that define it."""
    places: dict[str, list[str]] = {}
    for source in sources:
        for node in source.tree.body:
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(source.name)
    return {name: modules for name, modules in sorted(places.items()) if len(modules) > 1}


def repeated_modules(sources: Iterable[Source]) -> dict[str, list[str]]:
    """Return the last parts of dotted names that two or more modules (not packages) share."""
    places: dict[str, list[str]] = {}
    for source in sources:
        last = source.name.rpartition(".")[2]
        if not source.is_package and last not in NAMES_OF_PYTHON:
            places.setdefault(last, []).append(source.name)
    return {name: modules for name, modules in sorted(places.items()) if len(modules) > 1}


def import_graph(sources: Iterable[Source]) -> dict[str, set[str]]:
    """Return, for each module, the modules that it imports when it is imported (not inside functions)."""
    sources = list(sources)
    known = {source.name for source in sources}
    return {source.name: set(_imports(source, known)) - {source.name} for source in sources}


def import_cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that import one another, directly or through others."""
    reach = {name: _reachable(graph, name) for name in graph}
    groups = {
        frozenset(other for other in reach[name] if name in reach[other])
        for name in graph
        if name in reach[name]
    }
    return sorted(sorted(group) for group in groups)


def _reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [*graph[start]]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += graph[name]
    return seen


def _imports(source: Source, known: set[str]) -> Iterator[str]:
    for node in _run_at_import(source.tree.body):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                if full in known or node.module in known:
                    yield full if full in known else node.module


def _run_at_import(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Return the statements that run when the module is imported, except those for type checkers only."""
    for node in body:
        yield node
        if isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.unparse(node.test):
            yield from _run_at_import([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            yield from _run_at_import([*node.body, *node.orelse, *node.finalbody])
        elif isinstance(node, ast.ClassDef):
            yield from _run_at_import(node.body)


def _print_repeated(title: str, repeated: dict[str, list[str]]) -> None:
    print(f"{title}: {len(repeated)}")
    for name, modules in repeated.items():
        print(f"    {name}: {', '.join(modules)}")


def main() -> None:
    """Print every figure."""
    sources = read_sources()
    functions = spans(sources, ast.FunctionDef, ast.AsyncFunctionDef)
    classes = spans(sources, ast.ClassDef)
    files = Counter({source.name: source.lines for source in sources})
    sizes = [function.lines for function in functions]
    cycles = import_cycles(import_graph(sources))
    (largest_file, most_lines), *_ = files.most_common(1)
    print(f"files: {len(files)}, lines: {files.total()}, median file: {median(files.values()):.0f}")
    print(f"largest file: {most_lines} ({largest_file})")
    print(f"functions: {len(sizes)}, median {median(sizes):.0f}, p90 {quantiles(sizes, n=10)[8]:.0f}")
    print(f"largest function: {functions[-1].lines} ({functions[-1].name})")
    print(f"classes: {len(classes)}, largest {classes[-1].lines} ({classes[-1].name})")
    print(f"import cycles: {len(cycles)}")
    for cycle in cycles:
        print(f"    {' <-> '.join(cycle)}")
    _print_repeated("repeated class names", repeated_classes(sources))
    _print_repeated("repeated module names", repeated_modules(sources))


if __name__ == "__main__":
    main()
