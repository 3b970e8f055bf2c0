"""What Slurm adds to a job: its variables, its output file, and the line when it is killed."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jupystra_tui.demo.demo_job import DemoJob, DemoState
from jupystra_tui.demo.inventory import Inventory
from jupystra_tui.demo.placement import memory_of
from jupystra_tui.demo.slurm.formats import timestamp

PATTERN = re.compile(r"%([jxNu%])")


@dataclass(frozen=True)
class SlurmTraces:
    """Slurm's variables and output files in the jobs of the site's one user."""

    inventory: Inventory
    user: str
    uid: int

    def environment(self, job: DemoJob) -> Mapping[str, str]:
        """The `SLURM_` variables of a batch job on one node."""
        request = job.request
        variables = {
            "SLURMD_NODENAME": job.node,
            "SLURM_CLUSTER_NAME": self.inventory.cluster,
            "SLURM_CPUS_ON_NODE": request.cpus,
            "SLURM_CPUS_PER_TASK": request.cpus,
            "SLURM_JOBID": job.id,
            "SLURM_JOB_ACCOUNT": request.account,
            "SLURM_JOB_CPUS_PER_NODE": request.cpus,
            "SLURM_JOB_ID": job.id,
            "SLURM_JOB_NAME": request.name,
            "SLURM_JOB_NODELIST": job.node,
            "SLURM_JOB_NUM_NODES": 1,
            "SLURM_JOB_PARTITION": request.partition,
            "SLURM_JOB_QOS": request.qos,
            "SLURM_JOB_UID": self.uid,
            "SLURM_JOB_USER": self.user,
            "SLURM_MEM_PER_NODE": memory_of(request, self.inventory),
            "SLURM_NNODES": 1,
            "SLURM_NODELIST": job.node,
            "SLURM_RESTART_COUNT": job.restarts,
            "SLURM_SUBMIT_DIR": request.folder,
            "SLURM_SUBMIT_HOST": self.inventory.login,
        }
        return {name: str(value) for name, value in variables.items()}

    def output(self, job: DemoJob) -> str:
        """The path that `--output` names, with its `%j`, `%x`, `%N`, `%u` and `%%` put in."""
        values = {"j": str(job.id), "x": job.request.name, "N": job.node, "u": self.user, "%": "%"}
        path = PATTERN.sub(lambda match: values[match[1]], job.request.output)
        return str(Path(job.request.folder, path))

    def deliver(self, job: DemoJob) -> None:
        """Nothing: Slurm's output file is written from the start."""

    def end_notice(self, job: DemoJob, why: DemoState) -> str:
        """The line of the job's step daemon."""
        cause = " DUE TO TIME LIMIT" if why is DemoState.TIMEOUT else ""
        at = timestamp(time.time())
        return f"slurmstepd-{job.node}: error: *** JOB {job.id} ON {job.node} CANCELLED AT {at}{cause} ***\n"
