"""The batch script, exactly as it will be sent."""

import re
from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import ScrollableContainer
from textual.content import Content
from textual.widgets import Static

from jupystra_tui.model import Problem
from jupystra_tui.ui.theme import Pieces, lines

# The shell's own words at the start of a command.
_WORDS = re.compile(
    r"^(\s*)(umask|unset|export|cd|exec|exit|trap|set|source|eval|if|then|elif|else|fi|for|while|until|do|done|case|esac|return)\b"
)


class ScriptPane(ScrollableContainer):
    """Shows the script, and above it what is wrong with the request but belongs to no field."""

    DEFAULT_CSS = """
    ScriptPane { overflow: hidden auto; scrollbar-size: 1 1; }
    ScriptPane > #against { width: 100%; height: auto; margin-bottom: 1; display: none; }
    ScriptPane > #script { width: 100%; height: auto; }
    ScriptPane.-stale > #script { opacity: 50%; }
    """

    def __init__(self) -> None:
        super().__init__(id="pane", classes="framed")
        self.border_title = "What will be sent"

    def compose(self) -> ComposeResult:
        """Make room for problems and script."""
        yield Static(id="against")
        yield Static(id="script", markup=False)

    def show(self, script: str, against: Iterable[Problem] = ()) -> None:
        """Show a script that belongs to the form as it is now."""
        self.remove_class("-stale")
        self.border_subtitle = ""
        self.query_one("#script", Static).update(lines(*map(painted, script.splitlines())))
        self._say(tuple(against))

    def fail(self, problem: Problem) -> None:
        """Say why there is no script."""
        self.wait("not the present one")
        self._say((problem,))

    def wait(self, subtitle: str) -> None:
        """Mark the script as not belonging to the form as it is now."""
        self.add_class("-stale")
        self.border_subtitle = Content(subtitle)

    def _say(self, against: tuple[Problem, ...]) -> None:
        said = self.query_one("#against", Static)
        said.display = bool(against)
        rows = [(((problem.title, "bad"),), ((problem.hint, "dim"),)) for problem in against]
        said.update(lines(*(row for pair in rows for row in pair if row[0][0])))


def painted(line: str) -> Pieces:
    """Return a line of the script: directives and comments dim, the shell's own words in the accent."""
    if line.lstrip().startswith("#"):
        return ((line, "dim"),)
    match = _WORDS.match(line)
    if match is None:
        return ((line, ""),)
    return ((match[1], ""), (match[2], "accent"), (line[match.end() :], ""))
