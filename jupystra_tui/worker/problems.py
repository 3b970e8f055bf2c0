"""Errors as problems for front ends."""

from jupystra_tui import errors
from jupystra_tui.errors import JupystraError
from jupystra_tui.model import Problem


def internal_error(error: Exception) -> Problem:
    """Return an unexpected error; its text may hold anything, so only its class is shown."""
    hint = "Please report this bug. The worker's log has the traceback."
    return Problem(f"Internal error in the worker ({type(error).__name__})", hint)


def problem_of(error: JupystraError, hint: str = "") -> Problem:
    """Return an error as a problem, with another `hint` if one is given."""
    return Problem(
        error.title,
        hint or error.hint,
        error.detail,
        kind=_kind(error),
        layer=error.layer,
        next_action=error.action,
    )


def _kind(error: JupystraError) -> str:
    """Return the nearest of the classes that front ends know."""
    return next(one.__name__ for one in type(error).__mro__ if one.__module__ == errors.__name__)
