"""Errors on their way to a screen."""

from jupystra_tui.errors import JupystraError
from jupystra_tui.model import Problem


def defect(error: Exception) -> Problem:
    """Return an error that nobody foresaw; its text may hold anything, so only its kind is shown."""
    hint = "This is a defect of ours: please report it. The worker's log holds the traceback."
    return Problem(f"The worker stumbled ({type(error).__name__})", hint)


def problem_of(error: JupystraError, hint: str = "") -> Problem:
    """Return an error as it travels to a front end, with another `hint` if one is given."""
    return Problem(error.title, hint or error.hint, error.detail)
