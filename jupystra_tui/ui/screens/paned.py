"""Full screens made of framed panes."""

from jupystra_tui.ui.screens.framed import FramedScreen


class PanedScreen(FramedScreen):
    """A full screen whose widgets of class `framed` have a thin frame, brighter for the focused one."""

    DEFAULT_CSS = """
    PanedScreen .framed {
        border: round $border-blurred; border-title-color: $foreground; border-title-style: bold;
        border-subtitle-color: $dim; padding: 0 1; background: $background;
    }
    PanedScreen .framed:focus, PanedScreen .framed:focus-within { border: round $border; }
    """
