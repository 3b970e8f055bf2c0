"""Why a job waits, or how it ended, in plain words."""

import re

SHORT_LIMIT = 24

_WORDS: dict[str, tuple[str, str]] = {
    "None": ("just submitted", "The scheduler has not looked at this job yet."),
    "Resources": ("waits for free nodes", "It is next in line and waits for enough free cores, memory or GPUs."),
    "Priority": ("others come first", "Jobs with a higher priority are ahead of it in this partition."),
    "Dependency": ("waits for another job", "It waits for the job it depends on."),
    "DependencyNeverSatisfied": (
        "will never start",
        "The job it depends on ended in a way that rules this one out: it will never start. Kill it.",
    ),
    "BeginTime": ("start time not reached", "It may not start before a set time; after a node failed, that is two minutes."),
    "JobHeldUser": ("held by you", "It is held by its owner; `scontrol release` lets it go."),
    "JobHeldAdmin": ("held by the site", "The site's administrators hold it; ask them why."),
    "JobHoldMaxRequeue": ("held: failed too often", "It was started again and again without success, and is now held."),
    "JobArrayTaskLimit": ("array's own limit", "As many tasks of this array run as its own limit allows."),
    "Licenses": ("waits for a licence", "All licences it asks for are in use."),
    "Reservation": ("waits for a reservation", "It waits for its reservation to begin."),
    "ReservationDeleted": ("reservation is gone", "The reservation it asks for was deleted. Kill it and start it without."),
    "InvalidAccount": ("account not valid", "Its account is not valid (any more) here. Kill it and choose another."),
    "InvalidQOS": ("QOS not valid", "Its QOS is not valid (any more) here. Kill it and choose another."),
    "AccountNotAllowed": ("account not allowed", "Its account may not use this partition. Kill it and choose another."),
    "QOSNotAllowed": ("QOS not allowed", "Its QOS may not be used here. Kill it and choose another."),
    "PartitionDown": ("partition is down", "The partition takes jobs but starts none at present; it waits until the site opens it."),
    "PartitionInactive": ("partition is inactive", "The partition starts no jobs at present. Choose another one, or wait."),
    "PartitionTimeLimit": (
        "longer than allowed",
        "It asks for more time than its partition allows and will not start. Kill it and ask for less.",
    ),
    "PartitionNodeLimit": (
        "will not fit",
        "It asks for more or fewer nodes than its partition allows and will not start. Kill it and ask for less.",
    ),
    "PartitionConfig": (
        "will not fit",
        "No node of its partition is large enough: it will not start. Kill it and ask for fewer cores or less memory.",
    ),
    "BadConstraints": (
        "will not fit",
        "No node satisfies its constraints: it will not start. Kill it and ask for something else.",
    ),
    "NodeDown": ("node failed", "A node it needs has failed."),
    "Cleaning": ("being cleaned up", "It was started again, and what is left of its last run is being cleaned up."),
    "Prolog": ("nodes are prepared", "Its nodes are being prepared."),
    "Reconfig": ("scheduler is busy", "The scheduler is reading its configuration again; this passes."),
    "SchedDefer": ("scheduler is busy", "The scheduler looks at new jobs later; this passes."),
    "FrontEndDown": ("front end is down", "No front-end node is there to start it."),
    "TimeLimit": ("walltime reached", "It reached its walltime and was ended."),
    "OutOfMemory": ("out of memory", "It used more memory than it asked for and was ended. Ask for more."),
    "NonZeroExitCode": ("ended with an error", "Its script ended with an error; the log tells more."),
    "RaisedSignal:53(Real-time_signal_19)": (
        "log cannot be written",
        "Its log file could not be opened, so it never began: is the home folder full?",
    ),
    "JobLaunchFailure": ("could not be started", "The node could not start it; the site may have a problem there."),
    "SystemFailure": ("system failure", "The scheduler or a node failed."),
    "launch failed requeued held": ("held: failed to start", "It could not be started and is now held; ask the site, or kill it."),
    "job requeued in held state": ("held", "It was put back into the queue and is held until somebody releases it."),
}  # fmt: skip

_LIMITS = re.compile(r"(QOS|Assoc)(Grp|Max)?(.*)")
_WHOSE = {
    ("QOS", "Grp"): "all jobs of its QOS together",
    ("QOS", "Max"): "one user of its QOS",
    ("Assoc", "Grp"): "all jobs of its account together",
    ("Assoc", "Max"): "one user of its account",
}
_WHAT = (
    ("Cpu", "cores"), ("CPU", "cores"), ("Mem", "memory"), ("GRES", "GPUs"), ("Gres", "GPUs"), ("Node", "nodes"),
    ("Wall", "time"), ("RunMinutes", "time"), ("Job", "jobs"), ("Billing", "billing units"), ("License", "licences"),
)  # fmt: skip
_BEGINNINGS = (
    (
        re.compile(r"nodes? required for job are down", re.IGNORECASE),
        ("nodes not available", "The nodes it needs are down, drained or kept for jobs of a higher priority."),
    ),
    (
        re.compile(r"ReqNodeNotAvail.*Reserved for maintenance", re.IGNORECASE),
        ("maintenance ahead", "A maintenance begins before its walltime would be over. A shorter walltime may start now."),
    ),
    (
        re.compile(r"ReqNodeNotAvail|Required_?Node_?not_?available", re.IGNORECASE),
        ("nodes not available", "A node it needs is down, reserved or in use; often a maintenance is planned, and a shorter walltime may start now."),
    ),
    (
        re.compile(r"launch failed requeued held", re.IGNORECASE),
        _WORDS["launch failed requeued held"],
    ),
)  # fmt: skip


def plain_reason(reason: str) -> tuple[str, str]:
    """Return what a scheduler's reason means: at most 24 characters for a table, and a sentence or two.

    A reason we do not know comes back as it is; no reason gives two empty texts.
    """
    reason = reason.strip().strip("()")
    known = _WORDS.get(reason) or _limit(reason) or _beginning(reason)
    if known:
        return known
    return (reason if len(reason) <= SHORT_LIMIT else reason[: SHORT_LIMIT - 1] + "…"), reason


def _limit(reason: str) -> tuple[str, str] | None:
    match = _LIMITS.fullmatch(reason)
    if not match:
        return None
    what = next((word for part, word in _WHAT if part in match[3]), "use")
    whose = _WHOSE.get((match[1], match[2] or "Max"), "you")
    if "PerJob" in reason:
        return f"over the {what} limit", f"It asks for more {what} than one job may have here and will not start ({reason})."
    source = "QOS" if match[1] == "QOS" else "account"
    if match[3].startswith(("MinCpu", "Min")):
        return "asks for too little", f"It asks for less than its {source} demands and will not start ({reason})."
    return f"{what} limit reached", f"The limit on {what} for {whose} is reached; it starts when others end ({reason})."
