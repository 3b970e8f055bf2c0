"""Ignores keys and clicks that were meant for the screen before it changed."""

from typing import Protocol, runtime_checkable

from textual.app import App
from textual.timer import Timer

from jupystra_tui.ui import clock

SILENCE = 0.7
IGNORED = "ignored: typed too soon after this dialog opened"


@runtime_checkable
class Remarks(Protocol):
    """A dialog, which can show a remark."""

    def remark(self, text: str) -> None:
        """Show a remark; an empty one removes it."""


class StrayKeys:
    """Ignores keys after `guard()`, until there was none for `SILENCE` seconds: longer than a pause within a word."""

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._guarding = False
        self._latest = 0.0
        self._timer: Timer | None = None

    def guard(self) -> None:
        """Start ignoring keys, because the screen now changes without a key."""
        self._guarding, self._latest = True, clock.monotonic()

    def accepts(self) -> bool:
        """Return whether a key or click that comes now may be meant for the current screen."""
        if not self._guarding:
            return True
        now = clock.monotonic()
        self._guarding, self._latest = now - self._latest < SILENCE, now
        if self._guarding:
            self._show_remark()
        return not self._guarding

    def _show_remark(self) -> None:
        dialog = self._app.screen
        if not isinstance(dialog, Remarks):
            return
        if self._timer:
            self._timer.stop()
        dialog.remark(IGNORED)
        self._timer = dialog.set_timer(SILENCE, lambda: dialog.remark(""))
