"""One dialog alone on a screen, and its answer."""

from pathlib import Path
from typing import Any

from textual.app import App
from textual.screen import ModalScreen

from jupystra_tui.ui import theme


class DialogStage(App[None]):
    """Shows one dialog, and keeps its answer."""

    CSS_PATH = Path(theme.__file__).with_name("app.tcss")

    def __init__(self, dialog: ModalScreen[Any]) -> None:
        super().__init__()
        self.dialog = dialog
        self.answers: list[Any] = []
        self.register_theme(theme.DARK)
        self.theme = theme.DARK.name

    def on_mount(self) -> None:
        """Open the dialog."""
        self.push_screen(self.dialog, self.answers.append)


async def answer(dialog: ModalScreen[Any], *keys: str, size: tuple[int, int] = (80, 24)) -> Any:
    """Press the keys and return what the dialog answered; the test fails if it is still open."""
    stage = DialogStage(dialog)
    async with stage.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
        assert len(stage.answers) == 1, "the dialog is still open"
    return stage.answers[0]


async def click(dialog: ModalScreen[Any], words: str) -> Any:
    """Click the choice with these words and return what the dialog answered."""
    stage = DialogStage(dialog)
    async with stage.run_test() as pilot:
        await pilot.pause()
        choice = next(choice for choice in dialog.query("Choice") if words in str(choice.render()))
        await pilot.click(choice)
        await pilot.pause()
    return stage.answers[0]
