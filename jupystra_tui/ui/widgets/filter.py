"""The input that filters the jobs."""

from collections.abc import Callable

from textual.suggester import Suggester
from textual.widgets import Input

from jupystra_tui.frontend.job_filter import complete_filter
from jupystra_tui.model import Job
from jupystra_tui.ui.commands import bindings, quiet


class FilterBar(Input):
    """The text to filter by; enter and down return to the table. `jobs` returns the jobs that values come from."""

    DEFAULT_CSS = """
    FilterBar, FilterBar:focus { height: 1; border: none; padding: 0 1; background: $panel; }
    """
    BINDINGS = [*bindings("filter"), quiet("down", "submit")]

    def __init__(self, jobs: Callable[[], tuple[Job, ...]]) -> None:
        placeholder = "words, or state:pending queue:gpu gpu:>0 left:<1h -word"
        super().__init__(placeholder=placeholder, id="filter", suggester=_Completion(jobs))


class _Completion(Suggester):
    """Completes the last term of a filter."""

    def __init__(self, jobs: Callable[[], tuple[Job, ...]]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._jobs = jobs

    async def get_suggestion(self, value: str) -> str | None:
        """Return the completed text, None where there is nothing to complete."""
        completed = complete_filter(value, self._jobs())
        return completed if completed != value else None
