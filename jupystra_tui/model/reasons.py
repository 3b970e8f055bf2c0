"""What a scheduler's reasons mean: why a job waits, or how it ended, in plain words."""

import re

from jupystra_tui.model.lsf_reasons import lsf_reason

SHORT_LIMIT = 24

_HELD_AFTER_FAILURE = (
    "held: failed to start",
    "A node could not start it, and it is held now. Ask the site, or kill it and start again.",
)
_NODES_AWAY = (
    "nodes not available",
    "A node it needs is down, in use or reserved. If a maintenance is ahead, a shorter walltime may start now.",
)
_WORDS = {
    "None": ("just submitted", "The scheduler has not looked at this job yet."),
    "Resources": (
        "waits for free nodes",
        "It is next in line, and waits for enough free cores, memory or GPUs.",
    ),
    "Priority": ("others come first", "Jobs with a higher priority are ahead of it in this partition."),
    "Dependency": ("waits for another job", "It waits for the job that it depends on."),
    "DependencyNeverSatisfied": (
        "will never start",
        "The job that it depends on ended in a way that rules this one out. Kill it.",
    ),
    "BeginTime": (
        "start time not reached",
        "It may not start before a set time. After a failed node it waits about two minutes before it runs again.",
    ),
    "JobHeldUser": ("held by you", "It is held by its owner; `scontrol release` lets it go."),
    "JobHeldAdmin": ("held by the site", "The site's administrators hold it. Ask them why."),
    "JobHoldMaxRequeue": (
        "held: failed too often",
        "It was started again and again in vain, and is held now.",
    ),
    "JobArrayTaskLimit": (
        "the array's own limit",
        "As many tasks of this array run as its own limit allows.",
    ),
    "Licenses": ("waits for a licence", "All licences that it asks for are in use."),
    "Reservation": ("waits for reservation", "It waits for its reservation to begin."),
    "ReservationDeleted": (
        "reservation is gone",
        "Its reservation was deleted. Kill it, and start it without one.",
    ),
    "InvalidAccount": (
        "account not valid",
        "Its account is not valid here any more. Kill it and choose another.",
    ),
    "InvalidQOS": ("QOS not valid", "Its QOS is not valid here any more. Kill it and choose another."),
    "AccountNotAllowed": (
        "account not allowed",
        "Its account may not use this partition. Kill it and choose another.",
    ),
    "QOSNotAllowed": ("QOS not allowed", "Its QOS may not be used here. Kill it and choose another."),
    "PartitionDown": (
        "partition is down",
        "The partition takes jobs, but starts none until the site opens it.",
    ),
    "PartitionInactive": (
        "partition is closed",
        "The partition starts no jobs at present. Wait, or choose another.",
    ),
    "PartitionTimeLimit": (
        "longer than allowed",
        "It asks for more time than its partition allows, and will not start. Kill it and ask for less.",
    ),
    "PartitionNodeLimit": (
        "will not fit",
        "It asks for more or fewer nodes than its partition allows, and will not start. Kill it and ask again.",
    ),
    "PartitionConfig": (
        "will not fit",
        "No node of its partition is large enough, so it will not start. Kill it and ask for less.",
    ),
    "AssociationJobLimit": (
        "job limit reached",
        "Your account runs as many jobs as it may; it starts when others end.",
    ),
    "BadConstraints": (
        "will not fit",
        "No node satisfies its constraints, so it will not start. Kill it and ask again.",
    ),
    "NodeDown": ("node failed", "A node that it ran on, or needs, has failed."),
    "Cleaning": ("cleaning up", "What is left of its last run is being cleaned up."),
    "Prolog": ("nodes are prepared", "Its nodes are being prepared."),
    "Reconfig": ("scheduler is busy", "The scheduler is reading its configuration again. This passes."),
    "SchedDefer": ("scheduler is busy", "The scheduler looks at new jobs a little later. This passes."),
    "TimeLimit": ("walltime reached", "It ran until its walltime was over. Ask for more next time."),
    "OutOfMemory": ("out of memory", "It used more memory than it asked for. Ask for more next time."),
    "NonZeroExitCode": ("ended with an error", "Its script ended with an error. The log tells more."),
    "JobLaunchFailure": (
        "could not start",
        "It was killed, or could not be started: a full home, say, cannot take its log. The log may tell more.",
    ),
    "SystemFailure": ("system failure", "The scheduler or a node failed, not the job."),
    "job requeued in held state": (
        "held",
        "It was put back into the queue, and is held until somebody releases it.",
    ),
}
_BEGINNINGS = (
    (
        "nodes required for job are down",
        ("nodes not available", "Its nodes are down or kept for more urgent jobs."),
    ),
    (
        "maxmem",
        (
            "too much memory",
            "It asks for more memory than a limit of the site allows, and will not start. Kill it and ask for less.",
        ),
    ),
    ("reqnodenotavail", _NODES_AWAY),
    ("required_node_not_available", _NODES_AWAY),
    ("launch failed requeued held", _HELD_AFTER_FAILURE),
    (
        "raisedsignal",
        (
            "ended by a signal",
            "It was killed by a signal, not by an error of its own. The log may tell more.",
        ),
    ),
)

_LIMIT = re.compile(r"(QOS|Assoc)(Grp|Max|Min)(\w+)")
_UNITS = (
    ("Cpu", "core"), ("CPU", "core"), ("Mem", "memory"), ("GRES", "GPU"), ("Gres", "GPU"), ("Wall", "time"),
    ("Minutes", "time"), ("Node", "node"), ("Job", "job"), ("Submit", "job"), ("License", "licence"),
)  # fmt: skip


def plain_reason(reason: str) -> tuple[str, str]:
    """Return what a reason means: at most 24 characters for a table, and a sentence or two.

    A reason that we do not know comes back as it is; no reason gives two empty texts.
    """
    reason = reason.strip().removeprefix("(").removesuffix(")")
    known = _WORDS.get(reason) or _beginning(reason.lower()) or _limit(reason) or lsf_reason(reason)
    return known or (reason if len(reason) <= SHORT_LIMIT else reason[: SHORT_LIMIT - 1] + "…", reason)


def _beginning(reason: str) -> tuple[str, str] | None:
    return next((words for start, words in _BEGINNINGS if reason.startswith(start)), None)


def _limit(reason: str) -> tuple[str, str] | None:
    match = _LIMIT.fullmatch(reason)
    if not match:
        return None
    scope, kind, rest = match.groups()
    unit = next(
        (word for part, word in _UNITS if part in rest.removesuffix("Limit").replace("PerJob", "")), "use"
    )
    source = "QOS" if scope == "QOS" else "account"
    if kind == "Grp" and "Minutes" in rest and "Run" not in rest:
        return "budget used up", f"The computing time granted to its {source} is used up ({reason})."
    if kind == "Min":
        return (
            "asks for too little",
            f"It asks for less than its {source} demands, and will not start ({reason}).",
        )
    if "PerJob" in rest:
        return (
            f"over the {unit} limit",
            f"Its {source} allows no job that much, so it will not start ({reason}).",
        )
    whose = f"all jobs of its {source} together" if kind == "Grp" else f"one user of its {source}"
    return (
        f"{unit} limit reached",
        f"The {unit} limit for {whose} is reached; it starts when others end ({reason}).",
    )
