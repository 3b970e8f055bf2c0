"""Full screens that show a batch script beside their main pane, or instead of it in a narrow window."""

from collections.abc import Iterable

from textual.containers import Horizontal
from textual.widget import Widget

from jupystra_tui.ui.screens.launch_script import ScriptPane
from jupystra_tui.ui.screens.paned import PanedScreen


class ScriptedScreen(PanedScreen):
    """Base of the launch form and the launch progress; the main pane has the class `main`."""

    DEFAULT_CSS = """
    ScriptedScreen #columns { height: 1fr; }
    ScriptedScreen #columns > .framed { width: 1fr; height: 100%; }
    ScriptedScreen.-wide #columns > .main { width: 68; }
    ScriptedScreen.-wide.-without-script #columns > .main { width: 1fr; }
    ScriptedScreen.-without-script #pane { display: none; }
    ScriptedScreen.-narrow #pane, ScriptedScreen.-slim #pane { display: none; }
    ScriptedScreen.-narrow.-script, ScriptedScreen.-slim.-script {
        & #pane { display: block; }
        & .main { display: none; }
    }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (60, "-narrow"), (104, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (36, "-tall")]

    def __init__(self, title: str, script: str = "") -> None:
        super().__init__()
        self.script = ScriptPane(title, script)

    def body(self) -> Iterable[Widget]:
        """Return both panes."""
        yield Horizontal(self.main_pane(), self.script, id="columns")

    def main_pane(self) -> Widget:
        """Return the pane beside the script."""
        raise NotImplementedError

    def focus_main(self) -> None:
        """Move the focus into the main pane."""
        raise NotImplementedError

    @property
    def shows_script(self) -> bool:
        """Whether the script is shown instead of the main pane."""
        return self.has_class("-script")

    def show_main(self) -> None:
        """Show the main pane, and move the focus there."""
        self.remove_class("-script")
        self.focus_main()

    def action_preview(self) -> None:
        """Show the script, or the main pane again."""
        if self.shows_script:
            self.show_main()
        else:
            self.add_class("-script")
            self.set_focus(self.script)
