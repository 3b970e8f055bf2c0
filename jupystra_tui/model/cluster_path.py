"""Paths on a cluster as users write them: `~`, `~user`, `$NAME` and `${NAME}` are expanded, nothing else."""

import re
from collections.abc import Callable, Mapping

from msgspec import Struct

_HOME = re.compile(r"~([A-Za-z_][A-Za-z0-9_.-]*)?(?=/|$)", re.ASCII)
_PART = re.compile(r"\\\$|\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})", re.ASCII)
_OTHER_EXPANSION = re.compile(r"`|\$[({\d$?!#@*-]")


class ClusterPath(Struct, frozen=True):
    """A path in parts: `home` is `~` or `~user` at its start, or empty; then literal texts and variables in turn.

    The last variable may be empty. `refused` says that the text holds a command or another expansion of a shell: that
    part is literal.
    """

    home: str
    parts: tuple[tuple[str, str], ...]
    refused: bool

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the variables, each once."""
        return tuple(dict.fromkeys(name for _, name in self.parts if name))

    @property
    def plain(self) -> bool:
        """Whether nothing needs to be asked of the cluster to expand it."""
        return not self.variables and self.home in ("", "~")

    @property
    def names(self) -> tuple[str, ...]:
        """The names whose values `expand` needs: `home` and the variables."""
        return (self.home, *self.variables) if self.home else self.variables

    def expand(self, values: Mapping[str, str], write: Callable[[str], str] = str) -> str:
        """Return the path; `write` is applied to literal parts. Raises KeyError for a missing value."""
        home = values[self.home] if self.home else ""
        return home + "".join(write(literal) + (values[name] if name else "") for literal, name in self.parts)


def read_path(text: str) -> ClusterPath:
    """Return the parts of a path."""
    match = _HOME.match(text)
    home, rest = (match[0], text[match.end() :]) if match else ("", text)
    parts: list[tuple[str, str]] = []
    literal, end, refused = "", 0, False
    for found in _PART.finditer(rest):
        between = rest[end : found.start()]
        refused |= bool(_OTHER_EXPANSION.search(between))
        literal, end = literal + between, found.end()
        name = found[1] or found[2]
        if name:
            parts.append((literal, name))
            literal = ""
        else:
            literal += "$"
    refused |= bool(_OTHER_EXPANSION.search(rest[end:]))
    return ClusterPath(home, (*parts, (literal + rest[end:], "")), refused)
