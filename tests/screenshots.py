"""Renders the pictures of the README from the running program: `python -m tests.screenshots`.

The dashboard is the real one, with the practice cluster behind it; only the terminal is none.
"""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.pilot import Pilot

from jupystra_tui.demo import PracticeCluster
from jupystra_tui.frontend.config import Config
from jupystra_tui.model import Cluster, JobRequest
from jupystra_tui.ui.app import JupystraApp
from jupystra_tui.verbs import stop_worker

FOLDER = Path(__file__).parents[1] / "screenshots"
SIZE = (120, 34)


async def make() -> None:
    """Run the main use case and save a picture of each screen."""
    with PracticeCluster(queue_seconds=1.0, lively=True) as practice:
        modest = JobRequest(
            walltime=8 * 3600, memory=4096, cores=2, setup=("export OMP_NUM_THREADS=2",), local_port=8888
        )
        cluster = Cluster("practice", practice.alias, ssh_config=str(practice.ssh_config), defaults=modest)
        app = JupystraApp(Config(), cluster)
        async with app.run_test(size=SIZE) as pilot:
            await until(pilot, lambda: app.snapshot is not None)
            await pilot.press("n")
            await until(pilot, lambda: "SBATCH" in app.export_screenshot())
            keep(app, "launch")
            await pilot.press("ctrl+s")
            await until(pilot, lambda: any(launch.ready for launch in app.launches.values()))
            await until(pilot, lambda: len(app.tunnels) == 1 and app.tunnels[0].ready)
            keep(app, "ready")
            await pilot.press("escape")
            await until(pilot, lambda: "READY" in app.export_screenshot())
            keep(app, "jobs")
            await pilot.press("2")
            await until(pilot, lambda: "events" in app.export_screenshot())
            keep(app, "tunnels")
            await pilot.press("3")
            await until(pilot, lambda: "Queues" in app.export_screenshot())
            keep(app, "cluster")


async def until(pilot: Pilot[None], condition: Callable[[], bool], seconds: float = 40.0) -> None:
    """Wait until the screen meets the condition."""
    async with asyncio.timeout(seconds):
        while not condition():
            await pilot.pause(0.05)
    await pilot.pause(0.5)


def keep(app: JupystraApp, name: str) -> None:
    """Save the current screen."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.svg").write_text(app.export_screenshot(title="jupystra-tui"), encoding="utf-8")


def main() -> None:
    """Render all pictures."""
    with TemporaryDirectory(prefix="jl-") as laptop:
        os.environ.update(JUPYSTRA_HOME=laptop, BROWSER="true")
        try:
            asyncio.run(make())
        finally:
            stop_worker()


if __name__ == "__main__":
    main()
