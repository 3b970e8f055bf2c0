"""What LSF adds to a job: its variables, and its output file, which is written when the job has ended."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jupystra_tui.demo.demo_job import DemoJob, DemoState
from jupystra_tui.demo.inventory import Inventory

LINE = "-" * 60
REPORT = """Sender: LSF System <volclava@{node}>
Subject: Job {id}: <{name}> Done

Job <{name}> was submitted from host <{login}> by user <{user}>.
Job was executed on host(s) <{node}>, in queue <{queue}>, as user <{user}>.
</{home}> was used as the home directory.
<{folder}> was used as the working directory.
Started at {started}
Results reported at {ended}

Your job looked like:

{line}
# LSBATCH: User input
{script}
{line}

The output (if any) follows:

"""


@dataclass(frozen=True)
class LsfTraces:
    """LSF's variables and output files in the jobs of the site's one user; outputs are in `spool` until a job ends."""

    inventory: Inventory
    user: str
    spool: Path

    def environment(self, job: DemoJob) -> Mapping[str, str]:
        """The `LSB_` variables of a batch job on one node."""
        slots = job.request.cpus
        index = job.array.tasks[0] + 1 if job.array else 0
        return {
            "LSB_JOBID": str(job.array.id if job.array else job.id),
            "LSB_JOBINDEX": str(index),
            "LSB_JOBNAME": job.request.name,
            "LSB_QUEUE": job.request.partition,
            "LSB_HOSTS": " ".join([job.node] * slots),
            "LSB_MCPU_HOSTS": f"{job.node} {slots}",
            "LS_SUBCWD": job.request.folder,
        }

    def output(self, job: DemoJob) -> str:
        """The path where the output is kept while the job runs."""
        return str(self.spool / f"{job.id}.out") if self._wanted(job) else "/dev/null"

    def end_notice(self, job: DemoJob, why: DemoState) -> str:
        """Nothing: LSF writes it in its report."""
        return ""

    def deliver(self, job: DemoJob) -> None:
        """Append LSF's report and the output to the file that was asked for."""
        if not self._wanted(job):
            return
        kept = self.spool / f"{job.id}.out"
        moment = "%a %b %e %H:%M:%S %Y"
        report = REPORT.format(
            node=job.node, id=job.id, name=job.request.name, login=self.inventory.login, user=self.user,
            queue=job.request.partition, home=job.request.environment.get("HOME", "").lstrip("/"),
            folder=job.request.folder, started=time.strftime(moment, time.localtime(job.started)),
            ended=time.strftime(moment), line=LINE, script=job.request.script,
        )  # fmt: skip
        path = Path(job.request.folder, job.request.output.replace("%J", str(job.id)))
        with contextlib.suppress(OSError):
            there = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666 & ~job.request.umask)
            with os.fdopen(there, "ab") as file:
                file.write(report.encode(errors="surrogateescape") + kept.read_bytes())
        kept.unlink(missing_ok=True)

    def _wanted(self, job: DemoJob) -> bool:
        return job.request.output != "/dev/null"
