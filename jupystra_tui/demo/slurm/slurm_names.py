"""Slurm's names for the states of jobs and nodes, and for the reasons of waiting."""

from __future__ import annotations

from collections.abc import Iterable

from jupystra_tui.demo.demo_job import DemoJob, DemoReason, DemoState
from jupystra_tui.demo.inventory import Node

COMPACT = {
    "PENDING": "PD",
    "RUNNING": "R",
    "COMPLETING": "CG",
    "COMPLETED": "CD",
    "FAILED": "F",
    "CANCELLED": "CA",
    "TIMEOUT": "TO",
    "NODE_FAIL": "NF",
}
SHOWN_BY_DEFAULT = ("PENDING", "RUNNING", "COMPLETING")
REASONS = {
    DemoReason.NONE: "None",
    DemoReason.RESOURCES: "Resources",
    DemoReason.PRIORITY: "Priority",
    DemoReason.BEGIN_TIME: "BeginTime",
    DemoReason.ARRAY_LIMIT: "JobArrayTaskLimit",
    DemoReason.OVER_TIME_LIMIT: "PartitionTimeLimit",
    DemoReason.NO_NODE_LARGE_ENOUGH: "PartitionConfig",
    DemoReason.NONZERO_EXIT: "NonZeroExitCode",
    DemoReason.LAUNCH_FAILURE: "JobLaunchFailure",
    DemoReason.OUT_OF_TIME: "TimeLimit",
    DemoReason.NODE_DOWN: "NodeDown",
}
NODES_DOWN = "Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions"


def state(job: DemoJob) -> str:
    """The long name of a job's state as squeue shows it."""
    return "COMPLETING" if job.completing else job.state.name


def reason(job: DemoJob) -> str:
    """Why a job waits or ended so; one reason is a whole sentence."""
    if job.state is DemoState.PENDING and job.reason is DemoReason.NODE_DOWN:
        return NODES_DOWN
    return REASONS[job.reason]


def node_state(node: Node, jobs: Iterable[DemoJob], down: Iterable[str]) -> str:
    """The long name of a node's state; jobs are those active on it."""
    used = sum(job.request.cpus for job in jobs)
    if node.name in down:
        return "down"
    return "idle" if not used else "allocated" if used >= node.cpus else "mixed"


COMPACT_NODE = {"down": "down", "idle": "idle", "allocated": "alloc", "mixed": "mix"}
