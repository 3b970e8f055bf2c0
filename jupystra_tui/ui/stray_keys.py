"""Keys and clicks that were meant for what was on screen before it changed by itself."""

from typing import Protocol, runtime_checkable

from textual.app import App
from textual.timer import Timer

from jupystra_tui.ui import clock

SILENCE = 0.7
NOT_TAKEN = "too soon, not taken: pause a moment"


@runtime_checkable
class Remarks(Protocol):
    """A dialog, which can show a remark."""

    def remark(self, text: str) -> None:
        """Show a remark; an empty one removes it."""


class StrayKeys:
    """Lets keys go after `beware()`, until there was none for `SILENCE` seconds: nobody stops sooner in mid-word."""

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._on_guard = False
        self._stirred = 0.0
        self._silence: Timer | None = None

    def beware(self) -> None:
        """Say that the screen changes now, and that no key asked for it."""
        self._on_guard, self._stirred = True, clock.monotonic()

    def takes(self) -> bool:
        """Return whether a key or click that comes now may be meant for what is on screen."""
        if not self._on_guard:
            return True
        now = clock.monotonic()
        self._on_guard, self._stirred = now - self._stirred < SILENCE, now
        if self._on_guard:
            self._say()
        return not self._on_guard

    def _say(self) -> None:
        dialog = self._app.screen
        if not isinstance(dialog, Remarks):
            return
        if self._silence:
            self._silence.stop()
        dialog.remark(NOT_TAKEN)
        self._silence = dialog.set_timer(SILENCE, lambda: dialog.remark(""))
