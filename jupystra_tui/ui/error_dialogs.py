"""Error dialogs: known errors with the next step, unexpected ones with their traceback."""

from jupystra_tui.errors import JupystraError
from jupystra_tui.model import Problem
from jupystra_tui.ui import clock
from jupystra_tui.ui.dashboard import Dashboard
from jupystra_tui.ui.guard import unexpected

QUIET_SECONDS = 60.0
"""How long the same error of a timer or a message is not shown again."""


class ErrorDialogs:
    """Opens a dialog for each error; never two dialogs for the same error."""

    def __init__(self, app: Dashboard) -> None:
        self._app = app
        self._shown: dict[str, float] = {}

    def show(self, problem: JupystraError | Problem) -> None:
        """Show a problem and what to do next; its details are collapsed."""
        from jupystra_tui.ui.screens.problem import ProblemDialog

        self._app.stray_keys.guard()
        self._app.push_screen(ProblemDialog(problem.title, problem.hint, problem.detail))

    def answer(self, error: Exception) -> None:
        """Show the error of something that the user requested."""
        from jupystra_tui.ui.screens.problem import ProblemDialog

        problem = error if isinstance(error, JupystraError) else unexpected(error)
        self._shown[problem.title] = clock.now()
        open_now = (screen for screen in self._app.screen_stack if isinstance(screen, ProblemDialog))
        if not any(dialog.shows(problem.title) for dialog in open_now):
            self.show(problem)

    def report(self, error: Exception) -> None:
        """Show an error of a handler, a timer or a message, unless the same one was shown within QUIET_SECONDS."""
        if not self._app.is_running:
            return
        problem = error if isinstance(error, JupystraError) else unexpected(error)
        if clock.now() - self._shown.get(problem.title, -QUIET_SECONDS) >= QUIET_SECONDS:
            self.answer(error)
