"""Slurm's pending reasons in plain words."""

import re
from functools import lru_cache

from jupystra_tui.model.reason import Reason, unknown_reason

_PENDING = {
    "None": ("just submitted", "The scheduler has not considered this job yet."),
    "Resources": ("no free node", "It is next in line, and waits for enough free cores, memory or GPUs."),
    "Priority": ("others first", "Jobs with a higher priority are ahead of it in this partition."),
    "Dependency": ("another job", "It waits for the job that it depends on."),
    "BeginTime": (
        "later",
        "It has a start time in the future. After a node failure it waits about two minutes before it runs again.",
    ),
    "JobHeldUser": ("held by you", "It is held by its owner; `scontrol release` releases it."),
    "JobHeldAdmin": ("held", "The site's administrators hold it. Ask them why."),
    "JobHoldMaxRequeue": ("held: failed too often", "It failed to start too many times, and is held now."),
    "JobArrayTaskLimit": (
        "array limit",
        "The limit of running tasks that this array sets itself is reached.",
    ),
    "Licenses": ("license", "All licenses that it needs are in use."),
    "Reservation": ("reserved", "It waits for its reservation to begin."),
    "PartitionDown": ("queue closed", "The partition accepts jobs, but starts none until the site opens it."),
    "PartitionInactive": (
        "queue closed",
        "The partition starts no jobs at present. Wait, or choose another.",
    ),
    "AssociationJobLimit": (
        "account limit",
        "Your account runs as many jobs as it may; this one starts when others end.",
    ),
    "NodeDown": ("node down", "A node that it ran on, or needs, has failed."),
    "Cleaning": ("cleaning up", "The scheduler is cleaning up after its last run."),
    "Prolog": ("node prepares", "Its nodes are being prepared."),
    "Reconfig": ("scheduler is busy", "The scheduler is reloading its configuration. Wait a moment."),
    "SchedDefer": ("scheduler is busy", "The scheduler considers new jobs a little later. Wait a moment."),
    "job requeued in held state": ("held", "It was requeued, and is held until it is released."),
}
_NEVER_STARTS = {
    "DependencyNeverSatisfied": (
        "will never start",
        "The job that it depends on ended in a way that rules this one out. Kill it.",
    ),
    "ReservationDeleted": (
        "reservation is gone",
        "Its reservation was deleted. Kill it, and start it without one.",
    ),
    "InvalidAccount": ("bad account", "Its account is no longer valid here. Kill it and choose another."),
    "InvalidQOS": ("bad QOS", "Its QOS is no longer valid here. Kill it and choose another."),
    "AccountNotAllowed": (
        "account not allowed",
        "Its account may not use this partition. Kill it and choose another.",
    ),
    "QOSNotAllowed": ("QOS not allowed", "Its QOS may not be used here. Kill it and choose another."),
    "PartitionTimeLimit": (
        "too long",
        "It requests more time than its partition allows, and will not start. Kill it and request less.",
    ),
    "PartitionNodeLimit": (
        "too many nodes",
        "It requests more or fewer nodes than its partition allows, and will not start. Kill it and change that.",
    ),
    "PartitionConfig": (
        "too large",
        "No node of its partition is large enough, so it will not start. Kill it and request less.",
    ),
    "BadConstraints": (
        "impossible",
        "No node satisfies its constraints, so it will not start. Kill it and change them.",
    ),
}
_ENDED = {
    "TimeLimit": ("walltime reached", "It reached its walltime. Request more time."),
    "OutOfMemory": ("out of memory", "It used more memory than it requested. Request more."),
    "NonZeroExitCode": ("exit code", "Its script ended with an error. See the log."),
    "JobLaunchFailure": (
        "could not start",
        "It was killed, or could not be started: for example, a full home folder cannot take its log. See the log.",
    ),
    "SystemFailure": ("system failure", "The scheduler or a node failed, not the job."),
}
_BY_CODE = {
    code: Reason(code, short, text, table is _NEVER_STARTS)
    for table in (_PENDING, _NEVER_STARTS, _ENDED)
    for code, (short, text) in table.items()
}
_NODES_AWAY = Reason(
    "",
    "node away",
    "A node that it needs is down, in use or reserved. "
    "Before a maintenance, a job with a shorter walltime may start at once.",
)
_BY_BEGINNING = (
    (
        "nodes required for job are down",
        Reason("", "node away", "Its nodes are down or reserved for jobs with a higher priority."),
    ),
    (
        "maxmem",
        Reason(
            "",
            "too much memory",
            "It requests more memory than the site allows, and will not start. Kill it and request less.",
            never_starts=True,
        ),
    ),
    ("reqnodenotavail", _NODES_AWAY),
    ("required_node_not_available", _NODES_AWAY),
    (
        "launch failed requeued held",
        Reason(
            "",
            "held: failed to start",
            "A node could not start it, and it is held now. Ask the site, or kill it and start again.",
        ),
    ),
    (
        "raisedsignal",
        Reason("", "signal", "It was killed by a signal, not by an error of its own. See the log."),
    ),
)
_LIMIT = re.compile(r"(QOS|Assoc)(Grp|Max|Min)(\w+)")
_UNITS = (
    ("Cpu", "core"), ("CPU", "core"), ("Mem", "memory"), ("GRES", "GPU"), ("Gres", "GPU"), ("Wall", "time"),
    ("Minutes", "time"), ("Node", "node"), ("Job", "job"), ("Submit", "job"), ("License", "license"),
)  # fmt: skip


@lru_cache(maxsize=1024)
def reason_of(code: str) -> Reason:
    """Return what one of Slurm's reasons means."""
    code = code.strip()
    code = code[1:-1] if code.startswith("(") and code.endswith(")") else code
    return _BY_CODE.get(code) or _by_beginning(code) or _limit(code) or unknown_reason(code)


def _by_beginning(code: str) -> Reason | None:
    found = (reason for start, reason in _BY_BEGINNING if code.lower().startswith(start))
    reason = next(found, None)
    return reason and Reason(code, reason.short, reason.text, reason.never_starts)


def _limit(code: str) -> Reason | None:
    """Return the reason for a limit of a QOS or an account (association)."""
    match = _LIMIT.fullmatch(code)
    if not match:
        return None
    scope, kind, rest = match.groups()
    unit = next(
        (word for part, word in _UNITS if part in rest.removesuffix("Limit").replace("PerJob", "")), "use"
    )
    owner = "QOS" if scope == "QOS" else "account"
    if kind == "Grp" and "Minutes" in rest and "Run" not in rest:
        text = f"The computing time granted to its {owner} is used up ({code})."
        return Reason(code, "budget used", text)
    if kind == "Min":
        text = f"It requests less than its {owner} demands, and will not start ({code})."
        return Reason(code, "requests too little", text, never_starts=True)
    if "PerJob" in rest:
        text = f"Its {owner} allows no job that much, so it will not start ({code})."
        return Reason(code, f"over the {unit} limit", text, never_starts=True)
    everyone = kind == "Grp"
    whose = f"all jobs of its {owner} together" if everyone else f"one user of its {owner}"
    text = f"The {unit} limit for {whose} is reached; it starts when others end ({code})."
    return Reason(code, f"{owner} full" if everyone else "your limit", text)
