"""Textual's private API is used in one module only, and is there."""

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Iterator
from functools import cache

import pytest
from textual.app import App

from jupystra_tui import ui
from jupystra_tui.ui import textual_private


def test_all_that_is_used_is_there() -> None:
    assert set(textual_private.USED) <= private_names(App)


def test_no_class_uses_or_replaces_anything_else_of_it() -> None:
    found = {
        (one.__name__, name)
        for one in our_classes()
        for name in private_names(one) & names_of_textual(one)
        if one is not textual_private.ReportedCrash
    }
    assert found == set()


@pytest.mark.parametrize("name", textual_private.USED)
def test_what_is_listed_is_used(name: str) -> None:
    assert name in private_names(textual_private.ReportedCrash)


@pytest.mark.parametrize("module", textual_private.PAINTING_MODULES)
def test_the_modules_that_paint_exist(module: str) -> None:
    importlib.import_module(module.removesuffix("."))


def our_classes() -> Iterator[type]:
    """Yield every class of the dashboard that is derived from one of Textual's."""
    for module in pkgutil.walk_packages(ui.__path__, f"{ui.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(value) and value.__module__ == module.name and names_of_textual(value):
                yield value


def names_of_textual(kind: type) -> frozenset[str]:
    """Return the private names of the classes of Textual that `kind` is derived from."""
    return frozenset().union(
        *(private_names(base) for base in kind.__mro__ if base.__module__.startswith("textual"))
    )


@cache
def private_names(kind: type) -> frozenset[str]:
    """Return the private methods that a class defines, and the private attributes that its source mentions."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    defined = {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("self", "cls")
    }
    return frozenset(name for name in defined | used if name.startswith("_") and not name.startswith("__"))
