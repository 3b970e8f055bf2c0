"""Two themes, and the few tones that everything drawn is written in."""

from textual.content import Content
from textual.theme import BUILTIN_THEMES, Theme

Piece = tuple[str, str]
"""Text, and the tone it is written in: a key of `TONES`."""
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
        "dim": "#7a8694",
        "faint": "#2f3944",
        "cursor": "#1b2733",
        "border": "#58b8ff",
        "border-blurred": "#2f3944",
        "text": "#d5dce4",
        "text-muted": "#7a8694",
        "scrollbar": "#2f3944",
        "scrollbar-hover": "#45525f",
        "scrollbar-active": "#58b8ff",
        "scrollbar-background": "#0d1117",
        "scrollbar-background-hover": "#0d1117",
        "scrollbar-background-active": "#0d1117",
    },
)

LIGHT = Theme(
    name="jupystra-light",
    primary="#0b62c4",
    secondary="#57606a",
    accent="#0b62c4",
    success="#1a7f37",
    warning="#8f5e00",
    error="#c5202d",
    foreground="#1f2328",
    background="#fbfcfd",
    surface="#eef1f4",
    panel="#eef1f4",
    dark=False,
    variables={
        "dim": "#646d76",
        "faint": "#cfd6dd",
        "cursor": "#dbeafb",
        "border": "#0b62c4",
        "border-blurred": "#cfd6dd",
        "text": "#1f2328",
        "text-muted": "#646d76",
        "scrollbar": "#cfd6dd",
        "scrollbar-hover": "#aab4be",
        "scrollbar-active": "#0b62c4",
        "scrollbar-background": "#fbfcfd",
        "scrollbar-background-hover": "#fbfcfd",
        "scrollbar-background-active": "#fbfcfd",
    },
)

# Known to Textual before an app is made, so that the style sheet is parsed once, with the right colours.
BUILTIN_THEMES.update({DARK.name: DARK, LIGHT.name: LIGHT})

FALLBACKS = {"dim": "#808890", "faint": "#808890 50%", "cursor": "#808890 20%"}
"""For the themes of others, which do not know our variables."""


def content(*pieces: Piece) -> Content:
    """Return the pieces as what Textual draws; their text is never read as markup."""
    return Content.assemble(*((text, TONES[tone]) for text, tone in pieces))


def lines(*rows: Pieces) -> Content:
    """Return one line for each row of pieces."""
    return Content("\n").join(content(*row) for row in rows)
