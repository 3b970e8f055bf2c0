"""Batch scripts run as a compute node runs them."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from jupystra_tui.apps.app_registry import registry
from jupystra_tui.apps.script import JobVariables, batch_script
from jupystra_tui.apps.web_app import App
from jupystra_tui.model import JobRequest
from tests.apps.conftest import LoginNode

HEADER = ("#SBATCH --job-name=lab",)
TAG = "t1"
FOLDER = f"$HOME/.jupystra/jobs/{TAG}"
VARIABLES = JobVariables(("SLURMD_NODENAME", "LSB_MCPU_HOSTS"), ("SLURM_JOB_ID", "LSB_JOBID"))
SLURM = {"SLURM_JOB_ID": "4711", "SLURMD_NODENAME": "c1"}


def script_of(request: JobRequest, folder: str = FOLDER, app: App | None = None) -> str:
    """Return the batch script of a request, for either scheduler."""
    app = app or registry().app(request.server)
    return batch_script(HEADER, request, app, VARIABLES, folder)


class BatchJob:
    """A job that runs, its log in the job's folder; `stop` ends it as scancel does."""

    def __init__(
        self,
        node: LoginNode,
        request: JobRequest,
        profile: Sequence[str] = (),
        scheduler: Mapping[str, str] = SLURM,
        app: App | None = None,
    ) -> None:
        self.folder = node.jobs / TAG
        self.log_path = self.folder / "jupyter.log"
        self.folder.mkdir(parents=True, exist_ok=True)
        path = f"PATH='{node.environment['PATH']}'"
        (node.home / ".bash_profile").write_text("\n".join((path, *profile, "")))
        script = Path(node.home / "batch")
        script.write_text(script_of(request, app=app))
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                ["sh", str(script)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=node.home,
                env=node.environment | dict(scheduler), start_new_session=True,
            )  # fmt: skip

    @property
    def log(self) -> str:
        return self.log_path.read_text()

    def told(self, name: str) -> str:
        """Return what the script wrote into a file of the job's folder."""
        return (self.folder / name).read_text()

    def wait(self, limit: float = 30) -> int:
        """Return the exit code when the script has ended."""
        return self.process.wait(limit)

    def stop(self) -> int:
        """End it, and what it started."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGTERM)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise
