"""An app that handles keys one at a time and ignores those meant for an earlier screen."""

from collections.abc import Mapping
from typing import Any

from textual import events
from textual.dom import DOMNode

from jupystra_tui.ui.guard import Guarded, guarded
from jupystra_tui.ui.key_order import KeyHandled, KeyOrder
from jupystra_tui.ui.stray_keys import StrayKeys
from jupystra_tui.ui.textual_private import ReportedCrash


class OrderedKeys(Guarded, ReportedCrash):
    """The base of the dashboard: how keys and actions reach it."""

    def __init__(self) -> None:
        super().__init__()
        self.stray_keys = StrayKeys(self)
        self.key_order = KeyOrder(self, self.forward)

    async def on_event(self, event: events.Event) -> None:
        """Handle one key after the other."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await self.forward(event)
        elif self.key_order.admits(event):
            await self.key_order.handle(event)

    async def forward(self, event: events.Event) -> None:
        """Process an event, except a key, a paste or a click that was meant for an earlier screen."""
        meant = isinstance(event, events.Key | events.Paste | events.MouseDown) and not event.is_forwarded
        if not meant or self.stray_keys.accepts():
            await super().on_event(event)

    async def on_key_handled(self, message: KeyHandled) -> None:
        """Handle the next key."""
        await self.key_order.came_back(message)

    async def run_action(
        self,
        action: Any,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run the action of a key or of the palette; an error in it is shown."""
        done = await guarded(super().run_action, self.show_error)(action, default_namespace, namespaces)
        return done is not False

    def show_error(self, error: Exception) -> None:
        """Show the error of something that the user requested."""
        raise NotImplementedError
