"""Frozen data that everything else speaks in; no I/O."""

from jupystra_tui.model.action import Action
from jupystra_tui.model.app_server import AppServer
from jupystra_tui.model.cluster import Cluster, Partition, Session, SessionPhase
from jupystra_tui.model.job import Job, JobState, KillPart, Snapshot, same_host
from jupystra_tui.model.launch import Launch, Order, Step, StepName, StepState
from jupystra_tui.model.layer import Evidence, Layer, failed_layer
from jupystra_tui.model.prompt import HostKey, Prompt, PromptKind
from jupystra_tui.model.request import JobRequest, Problem
from jupystra_tui.model.tunnel import Tunnel, TunnelState

__all__ = [
    "Action",
    "AppServer",
    "Cluster",
    "Evidence",
    "HostKey",
    "Job",
    "JobRequest",
    "JobState",
    "KillPart",
    "Launch",
    "Layer",
    "Order",
    "Partition",
    "Problem",
    "Prompt",
    "PromptKind",
    "Session",
    "SessionPhase",
    "Snapshot",
    "Step",
    "StepName",
    "StepState",
    "Tunnel",
    "TunnelState",
    "failed_layer",
    "same_host",
]
