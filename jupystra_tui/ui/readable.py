"""Textual's own themes made readable: their colors, moved as far as the contrast of text and marks needs."""

from collections.abc import Sequence

from textual.color import Color
from textual.theme import Theme

TEXT, MARK = 4.6, 3.1
"""The least contrast of text, and of graphics that mean something: WCAG 2.1 AA with room for rounding."""
STEPS = 40


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio of two opaque colors, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in color.rgb)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def readable(theme: Theme) -> Theme:
    """Return `theme` with the variables that our screens need, each readable on each ground that we draw it on."""
    given = {**theme.to_color_system().generate(), **theme.variables}
    color = {name: Color.parse(given[name]).rgb for name in ("background", "surface", "panel")}
    background, surface, panel = (Color(*color[name]) for name in color)
    most = Color(255, 255, 255) if theme.dark else Color(0, 0, 0)
    foreground = _until(Color.parse(given["foreground"]), most, (background, surface, panel), TEXT + 2)
    primary = Color.parse(given["primary"])
    cursor = background.blend(foreground, 0.14)
    muted = background.blend(primary, 0.25)
    grounds = (background, surface, panel, cursor)
    foreground = _until(foreground, most, (*grounds, muted), TEXT)
    dim = _until(foreground.blend(background, 0.5), most, grounds, TEXT)
    faint = _until(foreground.blend(background, 0.75), most, grounds, MARK)
    tones = {
        name: _until(Color.parse(given[name]), most, grounds, TEXT).hex
        for name in ("primary", "secondary", "accent", "success", "warning", "error")
    }
    variables = {
        "dim": dim.hex,
        "faint": faint.hex,
        "cursor": cursor.hex,
        "border": tones["primary"],
        "border-blurred": foreground.blend(background, 0.75).hex,
        "text": foreground.hex,
        "text-muted": dim.hex,
        "text-disabled": faint.hex,
        "text-primary": _until(primary, most, (muted,), TEXT).hex,
        "primary-muted": muted.hex,
        "input-selection-background": tones["primary"],
        "input-selection-foreground": background.hex,
        "block-cursor-background": tones["primary"],
        "block-cursor-foreground": background.hex,
        "block-cursor-blurred-background": cursor.hex,
        "block-cursor-blurred-foreground": foreground.hex,
        "scrollbar": faint.hex,
        "scrollbar-hover": dim.hex,
        "scrollbar-active": tones["primary"],
        "scrollbar-background": background.hex,
        "scrollbar-background-hover": background.hex,
        "scrollbar-background-active": background.hex,
    }
    return Theme(
        name=theme.name,
        primary=tones["primary"],
        secondary=tones["secondary"],
        accent=tones["accent"],
        success=tones["success"],
        warning=tones["warning"],
        error=tones["error"],
        foreground=foreground.hex,
        background=background.hex,
        surface=surface.hex,
        panel=panel.hex,
        dark=theme.dark,
        luminosity_spread=theme.luminosity_spread,
        variables={**theme.variables, **variables},
    )


def _until(color: Color, most: Color, grounds: Sequence[Color], least: float) -> Color:
    """Return `color`, moved towards `most` no further than its contrast with each ground needs."""
    for step in range(STEPS + 1):
        moved = color.blend(most, step / STEPS)
        if min(contrast(moved, ground) for ground in grounds) >= least:
            return moved
    return most
