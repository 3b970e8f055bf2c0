"""All private API of Textual that is used here; pyproject.toml keeps Textual below the next major version."""

from textual.app import App

USED = ("_fatal_error", "_exit_renderables", "_close_messages_no_wait")
"""Methods and attributes of `App`."""


class CrashWithoutValues(App[None]):
    """Shows a crash without the values of its variables: one may be an answer on its way to a host.

    Textual has no public way to choose how the traceback of a crash is printed.
    """

    def _fatal_error(self) -> None:
        from rich.segment import Segments
        from rich.traceback import Traceback

        trace = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(trace, self.console.options)))
        self._close_messages_no_wait()
