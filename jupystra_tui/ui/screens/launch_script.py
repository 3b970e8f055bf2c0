"""The batch script, exactly as it is submitted."""

import re
from collections.abc import Iterable, Iterator

from textual.app import ComposeResult
from textual.containers import ScrollableContainer
from textual.content import Content
from textual.widgets import Static

from jupystra_tui.model import Problem
from jupystra_tui.ui.theme import Pieces, content, lines

# The shell's keywords and builtins at the start of a command.
_SHELL_WORDS = re.compile(
    r"^(\s*)(umask|unset|export|cd|exec|exit|trap|set|source|eval|if|then|elif|else|fi|for|while|until|do|done|case|esac|return)\b"
)

HANGING, LEAST = "    ", 20


class ScriptPane(ScrollableContainer):
    """Shows the script, and above it the problems of the request that belong to no field."""

    DEFAULT_CSS = """
    ScriptPane { overflow: hidden auto; scrollbar-size: 1 1; scrollbar-gutter: stable; }
    ScriptPane > #against { width: 100%; height: auto; margin-bottom: 1; display: none; }
    ScriptPane > #script { width: 100%; height: auto; }
    ScriptPane.-stale > #script { opacity: 50%; }
    """

    def __init__(self, title: str, script: str = "") -> None:
        super().__init__(id="pane", classes="framed")
        self.border_title = title
        self._script = script

    def compose(self) -> ComposeResult:
        """Return problems and script."""
        yield Static(id="against")
        yield Static(id="script", markup=False)

    def show(self, script: str, problems: Iterable[Problem] = ()) -> None:
        """Show a script that is up to date, and problems."""
        self.remove_class("-stale")
        self.border_subtitle = ""
        self._script = script
        self._draw()
        self._show_problems(tuple(problems))

    @property
    def text(self) -> str:
        """The script that is shown."""
        return self._script

    def on_resize(self) -> None:
        """Fit the lines to the width."""
        self._draw()

    def _draw(self) -> None:
        width = max(LEAST, self.scrollable_content_region.width)  # the width is 0 while the pane is hidden
        rows = (row for line in self._script.splitlines() for row in wrapped(line, width))
        self.query_one("#script", Static).update(Content("\n").join(rows))

    def fail(self, problem: Problem) -> None:
        """Show why there is no script."""
        self.wait("out of date")
        self._show_problems((problem,))

    def wait(self, subtitle: str) -> None:
        """Mark the script as out of date."""
        self.add_class("-stale")
        self.border_subtitle = Content(subtitle)

    def _show_problems(self, problems: tuple[Problem, ...]) -> None:
        shown = self.query_one("#against", Static)
        shown.display = bool(problems)
        rows = [((("× ", "bad"), (problem.title, "bad")), ((problem.hint, "dim"),)) for problem in problems]
        shown.update(lines(*(row for pair in rows for row in pair if row[-1][0])))


def wrapped(line: str, width: int) -> Iterator[Content]:
    """Yield a line of the script, `width` cells wide; the rest of a long line follows, indented."""
    whole = content(*painted(line))
    first, *rest = whole.wrap(width) or [whole]
    yield first
    if rest:
        after = len(first) + line[len(first) :].startswith(" ")
        yield from (content((HANGING, "")) + more for more in whole[after:].wrap(width - len(HANGING)))


def painted(line: str) -> Pieces:
    """Return a line of the script: directives and comments dim, the shell's keywords in the accent color."""
    if line.lstrip().startswith("#"):
        return ((line, "dim"),)
    match = _SHELL_WORDS.match(line)
    if match is None:
        return ((line, ""),)
    return ((match[1], ""), (match[2], "accent"), (line[match.end() :], ""))
