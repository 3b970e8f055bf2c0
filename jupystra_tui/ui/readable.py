"""Textual's themes with readable colors: changed as far as the contrast of text and symbols needs."""

from collections.abc import Sequence
from typing import NamedTuple

from textual.color import Color
from textual.theme import Theme

TEXT, SYMBOL = 4.6, 3.1
"""The lowest contrast of text, and of symbols: WCAG 2.1 AA with a margin for rounding."""
STEPS = 40
TONE_NAMES = ("primary", "secondary", "accent", "success", "warning", "error")


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


class _Palette(NamedTuple):
    """The readable colors of a theme; `tones` are the named colors that text is written in."""

    background: Color
    surface: Color
    panel: Color
    cursor: Color
    muted: Color
    foreground: Color
    dim: Color
    faint: Color
    edge: Color
    on_muted: Color
    tones: dict[str, Color]


def readable(theme: Theme) -> Theme:
    """Return `theme` with the variables that our screens need, each readable on each background where it is used."""
    colors = _palette(theme)
    tones = {name: color.hex for name, color in colors.tones.items()}
    return Theme(
        name=theme.name,
        primary=tones["primary"],
        secondary=tones["secondary"],
        accent=tones["accent"],
        success=tones["success"],
        warning=tones["warning"],
        error=tones["error"],
        foreground=colors.foreground.hex,
        background=colors.background.hex,
        surface=colors.surface.hex,
        panel=colors.panel.hex,
        dark=theme.dark,
        luminosity_spread=theme.luminosity_spread,
        variables={**theme.variables, **_variables(colors)},
    )


def _palette(theme: Theme) -> _Palette:
    given = {**theme.to_color_system().generate(), **theme.variables}
    background, surface, panel = (
        Color(*Color.parse(given[name]).rgb) for name in ("background", "surface", "panel")
    )
    most = Color(255, 255, 255) if theme.dark else Color(0, 0, 0)
    foreground = _until(Color.parse(given["foreground"]), most, (background, surface, panel), TEXT + 2)
    primary = Color.parse(given["primary"])
    cursor = background.blend(foreground, 0.14)
    muted = background.blend(primary, 0.25)
    grounds = (background, surface, panel, cursor)
    foreground = _until(foreground, most, (*grounds, muted), TEXT)
    return _Palette(
        background,
        surface,
        panel,
        cursor,
        muted,
        foreground,
        dim=_until(foreground.blend(background, 0.5), most, grounds, TEXT),
        faint=_until(foreground.blend(background, 0.75), most, grounds, SYMBOL),
        edge=foreground.blend(background, 0.75),
        on_muted=_until(primary, most, (muted,), TEXT),
        tones={name: _until(Color.parse(given[name]), most, grounds, TEXT) for name in TONE_NAMES},
    )


def _variables(colors: _Palette) -> dict[str, str]:
    """Return the variables of style sheets, ours and Textual's."""
    primary = colors.tones["primary"]
    named = {
        "dim": colors.dim,
        "faint": colors.faint,
        "cursor": colors.cursor,
        "border": primary,
        "border-blurred": colors.edge,
        "text": colors.foreground,
        "text-muted": colors.dim,
        "text-disabled": colors.faint,
        "text-primary": colors.on_muted,
        "primary-muted": colors.muted,
        "input-selection-background": primary,
        "input-selection-foreground": colors.background,
        "block-cursor-background": primary,
        "block-cursor-foreground": colors.background,
        "block-cursor-blurred-background": colors.cursor,
        "block-cursor-blurred-foreground": colors.foreground,
        "scrollbar": colors.faint,
        "scrollbar-hover": colors.dim,
        "scrollbar-active": primary,
    }
    tracks = ("scrollbar-background", "scrollbar-background-hover", "scrollbar-background-active")
    return {name: color.hex for name, color in (named | dict.fromkeys(tracks, colors.background)).items()}


def _until(color: Color, most: Color, grounds: Sequence[Color], least: float) -> Color:
    """Return `color`, moved towards `most` no further than its contrast with each ground needs."""
    for step in range(STEPS + 1):
        moved = color.blend(most, step / STEPS)
        if min(contrast(moved, ground) for ground in grounds) >= least:
            return moved
    return most
