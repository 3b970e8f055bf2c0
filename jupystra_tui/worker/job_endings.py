"""How jobs ended: queried in batches, at most two commands a poll, to keep the load on the scheduler low."""

from collections.abc import Iterable

from jupystra_tui.errors import JupystraError
from jupystra_tui.schedulers.roles import Ending
from jupystra_tui.ssh.shell import quote, text
from jupystra_tui.worker.session_role import SessionRole

BATCH = 200
"""Jobs asked about in one command of the accounting."""
FEW = 20
"""Jobs asked about one by one, in one command, where the accounting does not know them."""
LIMIT = 25.0


class JobEndings:
    """Questions that are open, by job key, the newest last. At most two commands are sent a poll.

    A question about a job that the scheduler no longer lists goes to the accounting, then to the scheduler itself; one
    about a job that it still lists goes to the accounting alone. What neither knows is not asked again.
    """

    def __init__(self) -> None:
        self._listed: dict[str, None] = {}
        self._gone: dict[str, None] = {}
        self._unaccounted: dict[str, None] = {}

    def want(self, gone: Iterable[str], listed: Iterable[str]) -> None:
        """Ask about jobs that are no longer listed, and about those that the list says have ended, but not how."""
        self._gone |= dict.fromkeys(gone)
        self._listed |= dict.fromkeys(listed)

    def drop(self, keep: Iterable[str]) -> None:
        """Forget questions about other jobs than these."""
        kept = set(keep)
        for questions in (self._listed, self._gone, self._unaccounted):
            for key in [key for key in questions if key not in kept]:
                del questions[key]

    async def ask(self, session: SessionRole) -> dict[str, Ending | None]:
        """Return the endings of some of them; None if not known. What fails is asked with a later poll."""
        settled: dict[str, Ending | None] = {}
        scheduler = session.site.scheduler
        try:
            batch = (*self._gone, *self._listed)[-BATCH:]
            if batch:
                asked = await session.run(quote(scheduler.accounting.finished_command(batch)), LIMIT)
                self._accounted(batch, scheduler.accounting.parse_finished(text(asked.out)), settled)
            few = tuple(self._unaccounted)[-FEW:]
            if few:
                asked = await session.run(scheduler.accounting.finished_fallback_script(few), LIMIT)
                told = scheduler.accounting.parse_finished_fallback(text(asked.out))
                for key in few:
                    del self._unaccounted[key]
                    settled[key] = _final(told.get(key))
        except JupystraError:
            pass
        return settled

    def _accounted(
        self, batch: tuple[str, ...], told: dict[str, Ending], settled: dict[str, Ending | None]
    ) -> None:
        """Take the accounting's answer; `settled` gets all of it, for the tasks of arrays are in it one by one."""
        for key in batch:
            end = _final(told.get(key))
            if end is None and key in self._gone:
                self._unaccounted[key] = None
            else:
                settled[key] = end
            self._gone.pop(key, None)
            self._listed.pop(key, None)
        settled |= {key: end for key, end in told.items() if key not in batch and _final(end)}


def _final(end: Ending | None) -> Ending | None:
    return end if end and end[0].finished else None
