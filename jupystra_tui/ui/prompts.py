"""Questions of the worker, one dialog at a time."""

from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from jupystra_tui import dumps, protocol
from jupystra_tui.model import Prompt, PromptKind
from jupystra_tui.text import Secret

if TYPE_CHECKING:
    from jupystra_tui.ui.front_end import FrontEnd
    from jupystra_tui.ui.screens.prompt import Reply


class Prompts:
    """Shows each open question in turn, and sends what the person answers."""

    def __init__(self, app: "FrontEnd") -> None:
        self._app = app
        self._open: dict[str, Prompt] = {}
        self._shown = ""
        self._dialog: Screen[Any] | None = None

    def asked(self, prompt: Prompt) -> None:
        """Take a question; its dialog opens when it is its turn."""
        self._open[prompt.id] = prompt
        self.tidy()

    def gone(self, prompt: str) -> None:
        """Drop a question that needs no answer any more."""
        self._open.pop(prompt, None)
        self.tidy()

    def clear(self) -> None:
        """Drop all questions: the one who asked is gone."""
        self._open.clear()
        self.tidy()

    def tidy(self) -> None:
        """Close the dialog of a question that is gone, and open the next; a dialog below another waits for it."""
        if self._dialog is not None:
            if self._shown in self._open or self._app.screen_stack[-1:] != [self._dialog]:
                return
            self._app.stray_keys.beware()
            self._dialog.dismiss(None)
        if self._dialog is None and self._open:
            self._show(next(iter(self._open.values())))

    def _show(self, prompt: Prompt) -> None:
        dumps.forbid()  # what is typed now is in this process's memory
        self._shown, self._dialog = prompt.id, _dialog(prompt)
        self._app.stray_keys.beware()
        self._app.push_screen(self._dialog, self._answered)

    def _answered(self, reply: "Reply | str | None") -> None:
        prompt, self._shown, self._dialog = self._shown, "", None
        if self._open.pop(prompt, None) is None:
            return
        self._app.attempt(self._app.ask(_answer(prompt, reply)), "sending the answer")
        self._app.call_after_refresh(self.tidy)


def _answer(prompt: str, reply: "Reply | str | None") -> protocol.Answer:
    if isinstance(reply, str):
        return protocol.Answer(prompt, Secret(reply))
    return protocol.Answer(prompt, *reply) if reply else protocol.Answer(prompt, None)


def _dialog(prompt: Prompt) -> Screen[Any]:
    if prompt.kind is PromptKind.HOST_KEY:
        from jupystra_tui.ui.screens.host_key import HostKeyDialog

        return HostKeyDialog(prompt)
    if prompt.kind is PromptKind.NOTE:
        from jupystra_tui.ui.screens.touch import TouchDialog

        return TouchDialog(prompt)
    from jupystra_tui.ui.screens.prompt import PromptDialog

    return PromptDialog(prompt)
