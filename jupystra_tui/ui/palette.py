"""The command palette: every command that can run now."""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider


class CommandProvider(Provider):
    """Lists the commands of the current screen that are enabled."""

    async def discover(self) -> Hits:
        """List all commands."""
        for label, help_text, action in self._commands():
            yield DiscoveryHit(label, action, help=help_text)

    async def search(self, query: str) -> Hits:
        """List the commands whose label or help matches."""
        matcher = self.matcher(query)
        for label, help_text, action in self._commands():
            score = max(matcher.match(label), matcher.match(help_text) * 0.6)
            if score > 0:
                yield Hit(score, matcher.highlight(label), action, help=help_text)

    def _commands(self) -> Iterator[tuple[str, str, Callable[[], Awaitable[bool]]]]:
        for namespace, binding, enabled, tooltip in self.screen.active_bindings.values():
            if enabled and binding.id and binding.action != "command_palette":
                run = partial(self.app.run_action, binding.action, namespace)
                yield binding.description, tooltip or binding.tooltip, run
