"""The servers that one poll after another finds: files that did not change are not sent again."""

from collections.abc import Iterable

from jupystra_tui.apps.discovery import DiscoveredServer, discovery_script, parse_servers, unchanged_in


class ServerFiles:
    """Builds the discovery's script and parses its output, and keeps what each folder's files said, with a checksum."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, tuple[DiscoveredServer, ...]]] = {}

    def script(self, mark: str, unread: Iterable[str] = ()) -> str:
        """Return the shell text of the next poll; the folders with the tags in `unread` are left out."""
        known = {tag: checksum for tag, (checksum, _) in self._known.items()}
        return discovery_script(mark, unread, known)

    def parse(self, text: bytes, mark: str) -> tuple[DiscoveredServer, ...]:
        """Return the servers found; those of unchanged files as the earlier poll found them."""
        now: dict[str, tuple[str, tuple[DiscoveredServer, ...]]] = {
            tag: self._known[tag] for tag in unchanged_in(text, mark) if tag in self._known
        }
        for found in parse_servers(text, mark):
            tag = found.server.tag
            before = now[tag][1] if tag in now else ()
            now[tag] = found.checksum, (*before, found)
        self._known = {tag: known for tag, known in now.items() if known[0]}
        return tuple(found for _, servers in now.values() for found in servers)
