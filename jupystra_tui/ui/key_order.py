"""Keys one at a time: each is handled before the next, so that it reaches the widget that the previous one focused.

Textual hands a key to the widget that has the focus when the key arrives. If keys come faster than they are
handled (fast typing, a slow terminal), the second would go to the widget where the first one was typed.
"""

from collections import deque
from collections.abc import Awaitable, Callable

from textual import events
from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump
from textual.timer import Timer

from jupystra_tui.ui.widgets.row_table import Table

LIMIT_SECONDS = 1.0
"""How long a key may take; then the next one is handled anyway."""
ROUNDS, MOST_ROUNDS = 2, 4
"""A key's handler may post a message that moves the focus: the second round comes after that."""

Typed = events.Key | events.Paste


class KeyHandled(Message):
    """Follows a key through the same queues: when it is back, the key has been handled."""

    def __init__(self, number: int, round_: int, target: MessagePump) -> None:
        super().__init__()
        self.number = number
        self.round = round_
        self.target = target


class KeyOrder:
    """Queues keys while one is being handled; `forward` passes a key to the focused widget."""

    def __init__(self, app: App[None], forward: Callable[[Typed], Awaitable[None]]) -> None:
        self._app = app
        self._forward = forward
        self._kept: deque[Typed] = deque()
        self._number = 0
        self._busy = False
        self._limit: Timer | None = None

    def admits(self, event: Typed) -> bool:
        """Return whether it may be handled now; otherwise it is queued."""
        if self._busy:
            self._kept.append(event)
        return not self._busy

    async def handle(self, event: Typed) -> None:
        """Pass it to the focused widget, and wait until it is handled."""
        self._busy = True
        self._number += 1
        number = self._number
        self._limit = self._app.set_timer(LIMIT_SECONDS, lambda: self._app.call_later(self._release, number))
        target = self._target()
        await self._forward(event)
        self._follow(1, target)

    def _target(self) -> MessagePump:
        return self._app.focused or self._app.screen

    def _follow(self, round_: int, target: MessagePump) -> None:
        marker = KeyHandled(self._number, round_, target)
        if not target.post_message(marker):
            self._app.post_message(marker)

    async def came_back(self, marker: KeyHandled) -> None:
        """Continue with the next round, or with the next key."""
        if marker.number != self._number or not self._busy or not self._app.is_running:
            return
        target = self._target()
        settled = marker.round >= ROUNDS and target is marker.target
        if not settled and marker.round < MOST_ROUNDS:
            self._follow(marker.round + 1, target)
        elif self._kept and isinstance(target, Table) and not target.up_to_date:
            # A key refers to the row that is shown: it must be painted before the next key.
            self._app.call_after_refresh(self._app.call_later, self._release, marker.number)
        else:
            await self._release(marker.number)

    async def _release(self, number: int) -> None:
        if number != self._number or not self._busy or not self._app.is_running:
            return
        if self._limit:
            self._limit.stop()
        self._busy = False
        if self._kept:
            await self.handle(self._kept.popleft())
