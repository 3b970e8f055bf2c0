"""How long a launch may wait in the queue before the person is asked what becomes of it: `--count`."""

from typing import TYPE_CHECKING

from jupystra_tui import protocol
from jupystra_tui.model import JobState, Launch, Snapshot
from jupystra_tui.ui import kills

if TYPE_CHECKING:
    from jupystra_tui.ui.front_end import FrontEnd


class Patience:
    """Counts the looks at the queue that this front end's launches wait through; after enough of them it asks."""

    def __init__(self, app: "FrontEnd") -> None:
        self._app = app
        self._looks: dict[str, int] = {}
        self._until: dict[str, int] = {}
        self._asking = ""

    def looked(self, snapshot: Snapshot) -> None:
        """Count a look at the queue."""
        limit = self._app.order.looks
        started = {job.key for job in snapshot.jobs if job.state is not JobState.PENDING}
        for launch in self._app.launches.values() if limit else ():
            ours = launch.id in self._app.own_launches and launch.cluster == snapshot.cluster
            if ours and waits(launch) and launch.job not in started:
                self._looks[launch.id] = self._looks.get(launch.id, 0) + 1
                if self._looks[launch.id] >= self._until.get(launch.id, limit) and not self._asking:
                    self._ask(launch)

    def _ask(self, launch: Launch) -> None:
        from jupystra_tui.ui.screens.still_waiting import StillWaiting

        self._asking = launch.id
        dialog = StillWaiting(launch, self._looks[launch.id])
        self._app.stray_keys.beware()
        self._app.push_screen(dialog, lambda choice: self._answered(launch, choice))

    def _answered(self, launch: Launch, choice: str | None) -> None:
        self._asking = ""
        self._until[launch.id] = self._looks[launch.id] + self._app.order.looks
        if choice == "leave":
            self._app.own_launches.discard(launch.id)
            self._app.attempt(self._app.ask(protocol.LeaveLaunch(launch.id)), "leaving the launch")
            self._app.left_launch(launch)
        elif choice == "kill":
            killing = kills.kill_waiting(self._app, launch.cluster, launch.job)
            self._app.attempt(killing, f"killing {launch.job}")


def waits(launch: Launch | None) -> bool:
    """Return whether a launch's job is submitted and waits for a node."""
    return launch is not None and launch.waiting
