"""What is on the screen, read from the strips that were painted: the marked row, and the contrast of every cell."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from rich.color import Color as RichColor
from rich.color import ColorSystem
from textual.pilot import Pilot

MARK = "▌"


class Cell(NamedTuple):
    """A character with the colors it was painted in."""

    text: str
    color: tuple[int, int, int]
    ground: tuple[int, int, int]
    line: int
    place: int


def marked(pilot: Pilot[Any]) -> list[str]:
    """Return the lines that bear the mark of a selected row, as painted."""
    return [line for line in painted(pilot) if MARK in line]


def painted(pilot: Pilot[Any]) -> list[str]:
    """Return the lines of the screen as the compositor last painted them: nothing is rendered again for this."""
    return [strip.text for strip in pilot.app.screen._compositor.render_strips()]


def cells(pilot: Pilot[Any], system: ColorSystem = ColorSystem.TRUECOLOR) -> Iterator[Cell]:
    """Yield each painted character that can be seen, with its colors in a terminal of that color system."""
    filters = pilot.app.get_line_filters()
    ground = pilot.app.screen.styles.background
    for number, strip in enumerate(pilot.app.screen._compositor.render_strips()):
        for line_filter in filters:
            strip = strip.apply_filter(line_filter, ground)
        place = 0
        for segment in strip:
            start, place = place, place + segment.cell_length
            style = segment.style
            if style is None or not segment.text.strip():
                continue
            color, behind = _rgb(style.color, system), _rgb(style.bgcolor, system)
            if style.reverse:
                color, behind = behind, color
            for at, one in enumerate(segment.text, start):
                if one.strip():
                    yield Cell(one, color, behind, number, at)


def _rgb(color: RichColor | None, system: ColorSystem) -> tuple[int, int, int]:
    assert color is not None, "the terminal's own color has no known contrast"
    return tuple(color.downgrade(system).get_truecolor())  # type: ignore[return-value]


def contrast(cell: Cell) -> float:
    """Return the cell's contrast ratio as WCAG 2.1 defines it."""
    darker, lighter = sorted((_luminance(cell.color), _luminance(cell.ground)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(rgb: tuple[int, int, int]) -> float:
    parts = [value / 255 for value in rgb]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
