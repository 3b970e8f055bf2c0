"""Errors on their way to a screen."""

from jupystra_tui import errors
from jupystra_tui.errors import JupystraError
from jupystra_tui.model import Problem


def defect(error: Exception) -> Problem:
    """Return an error that nobody foresaw; its text may hold anything, so only its kind is shown."""
    hint = "This is a defect of ours: please report it. The worker's log holds the traceback."
    return Problem(f"The worker stumbled ({type(error).__name__})", hint)


def problem_of(error: JupystraError, hint: str = "") -> Problem:
    """Return an error as it travels to a front end, with another `hint` if one is given."""
    return Problem(error.title, hint or error.hint, error.detail, kind=_kind(error), layer=error.layer)


def _kind(error: JupystraError) -> str:
    """Return the nearest of the classes that front ends know."""
    return next(one.__name__ for one in type(error).__mro__ if one.__module__ == errors.__name__)
