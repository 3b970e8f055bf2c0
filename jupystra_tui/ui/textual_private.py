"""All private API of Textual that is used here; pyproject.toml keeps Textual below the next major version."""

import sys

from textual.app import App

USED = ("_fatal_error", "_exit_renderables", "_close_messages_no_wait")
"""Methods and attributes of `App`."""
PAINTING_MODULES = ("textual._compositor", "textual._arrange", "textual.layouts.")
"""The modules that arrange and paint the widgets of a screen."""


class ReportedCrash(App[None]):
    """Ends after an error with a report of ours, without the values of variables: one of them may be a password.

    Textual has no public way to choose what is printed after a crash.
    """

    def crash_report(self, error: BaseException) -> str:
        """Return what is printed when an error ends the app."""
        raise NotImplementedError

    def _fatal_error(self) -> None:
        from rich.text import Text

        error = sys.exception()
        if error is not None and not self._exit_renderables:  # later errors follow from the first
            self._exit_renderables.append(Text(self.crash_report(error), overflow="fold"))
        self._close_messages_no_wait()
