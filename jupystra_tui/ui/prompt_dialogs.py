"""The worker's prompts, one dialog at a time."""

from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from jupystra_tui import dumps, protocol
from jupystra_tui.model import Prompt, PromptKind
from jupystra_tui.text import Secret
from jupystra_tui.ui.dashboard import Dashboard

if TYPE_CHECKING:
    from jupystra_tui.ui.screens.prompt_dialog import PromptReply


class PromptDialogs:
    """Opens a dialog for each open prompt in turn, and sends the user's answers."""

    def __init__(self, app: Dashboard) -> None:
        self._app = app
        self._answered: set[str] = set()
        self._shown = ""
        self._dialog: Screen[Any] | None = None

    def update(self) -> None:
        """Close the dialog of a prompt that no longer needs an answer, and open the next one."""
        prompts = self._app.state.prompts
        self._answered.intersection_update(prompts)
        if self._dialog is not None:
            if self._shown in prompts or self._app.screen_stack[-1:] != [self._dialog]:
                return
            self._app.stray_keys.guard()
            self._dialog.dismiss(None)
        waiting = [prompt for prompt in prompts.values() if prompt.id not in self._answered]
        if self._dialog is None and waiting:
            self._show(waiting[0])

    def _show(self, prompt: Prompt) -> None:
        dumps.forbid()  # answers are in this process's memory from now on
        self._shown, self._dialog = prompt.id, _dialog(prompt)
        self._app.stray_keys.guard()
        self._app.push_screen(self._dialog, self._close)

    def _close(self, reply: "PromptReply | str | None") -> None:
        prompt, self._shown, self._dialog = self._shown, "", None
        if prompt not in self._app.state.prompts:
            return
        self._answered.add(prompt)
        self._app.attempt(self._app.request(_answer(prompt, reply)), "sending the answer")
        self._app.call_after_refresh(self.update)


def _answer(prompt: str, reply: "PromptReply | str | None") -> protocol.Answer:
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
    from jupystra_tui.ui.screens.prompt_dialog import PromptDialog

    return PromptDialog(prompt)
