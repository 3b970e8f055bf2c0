"""The themes that can be chosen, and the named styles of all text that is drawn."""

from functools import cache

from textual.content import Content
from textual.theme import BUILTIN_THEMES, Theme

Piece = tuple[str, str]
"""Text, and its style: a key of `TONES`."""
Pieces = tuple[Piece, ...]

TONES = {
    "": "",
    "strong": "bold",
    "dim": "$dim",
    "faint": "$faint",
    "accent": "$accent",
    "good": "$success",
    "warn": "$warning",
    "bad": "$error",
    "accent strong": "$accent bold",
    "good strong": "$success bold",
    "warn strong": "$warning bold",
    "bad strong": "$error bold",
}

DARK = Theme(
    name="jupystra-dark",
    primary="#58b8ff",
    secondary="#7d8da1",
    accent="#58b8ff",
    success="#7bd88f",
    warning="#e8b04b",
    error="#f47067",
    foreground="#d5dce4",
    background="#0d1117",
    surface="#131a22",
    panel="#131a22",
    dark=True,
    variables={
        "dim": "#8f98a3",
        "faint": "#717b87",
        "cursor": "#272c33",
        "border": "#58b8ff",
        "border-blurred": "#2f3944",
        "text": "#d5dce4",
        "text-disabled": "#717b87",
        "text-primary": "#8fd0ff",
        "primary-muted": "#1f3a51",
        "input-selection-background": "#58b8ff",
        "input-selection-foreground": "#0d1117",
        "text-muted": "#8f98a3",
        "scrollbar": "#717b87",
        "scrollbar-hover": "#8f98a3",
        "scrollbar-active": "#58b8ff",
        "scrollbar-background": "#0d1117",
        "scrollbar-background-hover": "#0d1117",
        "scrollbar-background-active": "#0d1117",
    },
)

LIGHT = Theme(
    name="jupystra-light",
    primary="#0a5fbf",
    secondary="#57606a",
    accent="#0a5fbf",
    success="#166f30",
    warning="#835600",
    error="#ba1e2a",
    foreground="#1f2328",
    background="#fbfcfd",
    surface="#eef1f4",
    panel="#eef1f4",
    dark=False,
    variables={
        "dim": "#59626b",
        "faint": "#78828c",
        "cursor": "#dbeafb",
        "border": "#0a5fbf",
        "border-blurred": "#cfd6dd",
        "text": "#1f2328",
        "text-disabled": "#78828c",
        "text-primary": "#0958b0",
        "primary-muted": "#bfd5ee",
        "input-selection-background": "#0a5fbf",
        "input-selection-foreground": "#fbfcfd",
        "text-muted": "#59626b",
        "scrollbar": "#78828c",
        "scrollbar-hover": "#59626b",
        "scrollbar-active": "#0a5fbf",
        "scrollbar-background": "#fbfcfd",
        "scrollbar-background-hover": "#fbfcfd",
        "scrollbar-background-active": "#fbfcfd",
    },
)

# Known to Textual before an app is made, so that the style sheet is parsed once, with the right colors.
BUILTIN_THEMES.update({DARK.name: DARK, LIGHT.name: LIGHT})

OFFERED = tuple(name for name, theme in BUILTIN_THEMES.items() if not theme.ansi)
"""The themes that can be chosen: not those with the terminal's own colors, whose contrast is unknown."""


@cache
def offered_theme(name: str) -> Theme | None:
    """Return the theme of that name with readable colors; None if it cannot be chosen."""
    if name in (DARK.name, LIGHT.name):
        return BUILTIN_THEMES[name]
    if name not in OFFERED:
        return None
    from jupystra_tui.ui.readable import readable  # only the themes of others need it

    return readable(BUILTIN_THEMES[name])


def content(*pieces: Piece) -> Content:
    """Return the pieces as Textual's content; their text is never parsed as markup."""
    return Content.assemble(*((text, TONES[tone]) for text, tone in pieces))


def lines(*rows: Pieces) -> Content:
    """Return one line for each row of pieces."""
    return Content("\n").join(content(*row) for row in rows)
