"""Slurm's reasons that are no limit of a QOS or an account: a short form, and sentences."""

from enum import Enum


class Category(Enum):
    """What a reason means for the job; ENDED is the category of those that say how a job ended."""

    SCHEDULER = "the scheduler is not ready"
    PRIORITY = "other jobs are first"
    RESOURCES = "resources are in use"
    OTHERS = "starts when other jobs end"
    BUDGET = "granted use is used up"
    LIMIT = "a limit that is not named"
    DEPENDENCY = "another job"
    TIME = "a time to come"
    HELD = "held"
    ADMINISTRATOR = "held by the site"
    PARTITION = "the partition starts no jobs"
    NODES = "nodes are away or not ready"
    NEVER = "never starts as requested"
    ENDED = "it has ended"


REASONS: dict[Category, dict[str, tuple[str, str]]] = {
    Category.SCHEDULER: {
        "None": ("just submitted", "The scheduler has not considered this job yet."),
        "InvaildReason": ("no reason given", "The scheduler gives no valid reason for it."),
        "SchedDefer": (
            "scheduler is busy",
            "The scheduler considers new jobs a little later. Wait a moment.",
        ),
        "Reconfig": ("scheduler is busy", "The scheduler is reloading its configuration. Wait a moment."),
        "FedJobLock": (
            "clusters are deciding",
            "The clusters of its federation are deciding which of them runs it.",
        ),
        "Cleaning": ("cleaning up", "The scheduler is cleaning up after its last run."),
    },
    Category.PRIORITY: {
        "Priority": ("others first", "Jobs with a higher priority are ahead of it in this partition."),
    },
    Category.RESOURCES: {
        "Resources": (
            "no free node",
            "It is next in line, and waits for enough free cores, memory or GPUs.",
        ),
        "Licenses": ("license", "All licenses that it needs are in use."),
        "MpiPortsBusy": (
            "MPI ports",
            "All ports for MPI on its nodes are in use; it starts when other jobs end.",
        ),
        "BurstBufferResources": (
            "no burst buffer",
            "It waits for free space in the burst buffer that it requests.",
        ),
        "MaxPoweredUpNodes": (
            "nodes powered off",
            "As many nodes are powered on as the site allows; it starts when one of them is free or powered off.",
        ),
    },
    Category.OTHERS: {
        "AssociationJobLimit": (
            "account limit",
            "Your account runs as many jobs as it may; this one starts when others end.",
        ),
        "QOSJobLimit": (
            "QOS full",
            "As many jobs of its QOS run as may run at once; it starts when others end.",
        ),
        "JobArrayTaskLimit": (
            "array limit",
            "The limit of running tasks of this array is reached; the next task starts when one ends.",
        ),
    },
    Category.BUDGET: {
        "AssociationTimeLimit": (
            "budget used",
            "The time granted to its account is used up. Ask the site, or use another account.",
        ),
        "QOSTimeLimit": (
            "budget used",
            "The time granted to its QOS is used up. Ask the site, or use another QOS.",
        ),
        "QOSUsageThreshold": (
            "too much used",
            "Its account has used more than its QOS allows for now. Wait, or use another QOS.",
        ),
    },
    Category.LIMIT: {
        "AssociationResourceLimit": (
            "account limit",
            "A resource limit of its account is reached. It starts when others end, unless it alone requests more.",
        ),
        "QOSResourceLimit": (
            "QOS limit",
            "A resource limit of its QOS is reached. It starts when others end, unless it alone requests more.",
        ),
        "AccountingPolicy": (
            "accounting limit",
            "A limit of its account or QOS stops it; the scheduler does not say which. Ask the site.",
        ),
    },
    Category.DEPENDENCY: {
        "Dependency": ("another job", "It waits for the job that it depends on."),
    },
    Category.TIME: {
        "BeginTime": (
            "later",
            "It has a start time in the future. After a node failure it waits about two minutes before it runs again.",
        ),
        "Reservation": ("reserved", "It waits for its reservation to begin."),
    },
    Category.HELD: {
        "JobHeldUser": ("held by you", "It is held by its owner; `scontrol release` releases it."),
        "JobHoldMaxRequeue": (
            "held: failed too often",
            "It failed to start too many times, and is held now.",
        ),
        "job requeued in held state": ("held", "It was requeued, and is held until it is released."),
        "launch failed requeued held": (
            "held: failed to start",
            "A node could not start it, and it is held now. Ask the site, or kill it and start again.",
        ),
        "BurstBufferOperation": (
            "held: burst buffer",
            "The burst buffer failed, and the job is held. Ask the site, or kill it and start it without one.",
        ),
    },
    Category.ADMINISTRATOR: {
        "JobHeldAdmin": ("held", "The site's administrators hold it. Ask them why."),
    },
    Category.PARTITION: {
        "PartitionDown": (
            "queue closed",
            "The partition accepts jobs, but starts none until the site opens it.",
        ),
        "PartitionInactive": (
            "queue closed",
            "The partition starts no jobs at present. Wait, or choose another.",
        ),
    },
    Category.NODES: {
        "NodeDown": ("node down", "A node that it ran on, or needs, is down."),
        "FrontEndDown": ("node down", "The front-end node that starts jobs is down."),
        "Prolog": ("node prepares", "Its nodes are being prepared."),
        "BurstBufferStageIn": ("copying files", "Its files are being copied to the burst buffer."),
        "ReqNodeNotAvail": (
            "node away",
            "A node that it needs is down, in use or reserved. "
            "Before a maintenance, a job with a shorter walltime may start at once.",
        ),
        "Required node not available": ("node away", "A node that it needs is down, in use or reserved."),
        "Nodes required for job are DOWN": (
            "node away",
            "Its nodes are down or reserved for jobs with a higher priority.",
        ),
    },
    Category.NEVER: {
        "DependencyNeverSatisfied": (
            "will never start",
            "The job that it depends on ended in a way that rules this one out. Kill it.",
        ),
        "ReservationDeleted": (
            "reservation is gone",
            "Its reservation was deleted. Kill it, and start it without one.",
        ),
        "ReservationInvalid": (
            "reservation not valid",
            "It cannot run in its reservation. Kill it, and start it without one.",
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
        "MaxMemPerLimit": (
            "too much memory",
            "It requests more memory than the site allows, and will not start. Kill it and request less.",
        ),
    },
    Category.ENDED: {
        "TimeLimit": ("walltime reached", "It reached its walltime. Request more time."),
        "DeadLine": (
            "deadline missed",
            "It could not end before the deadline that it requests, so the scheduler removed it.",
        ),
        "OutOfMemory": ("out of memory", "It used more memory than it requested. Request more."),
        "NonZeroExitCode": ("exit code", "Its script ended with an error. See the log."),
        "RaisedSignal": ("signal", "It was killed by a signal, not by an error of its own. See the log."),
        "JobLaunchFailure": (
            "could not start",
            "It was killed, or could not be started: for example, a full home folder cannot take its log. See the log.",
        ),
        "SystemFailure": ("system failure", "The scheduler or a node failed, not the job."),
        "InactiveLimit": ("inactive", "It was inactive for longer than the site allows."),
    },
}
"""A code in words stands for all sentences that begin so."""

SIGNALS: dict[str, tuple[str, str]] = {
    "9": (
        "killed (signal 9)",
        "It was killed with signal 9 (KILL): often because it used more memory than it requested. See the log.",
    ),
    "53": (
        "no log or folder",
        "Slurm could not open its log or its folder on the node (signal 53). Do both exist there, and may you write?",
    ),
    "24": ("CPU time", "It used more CPU time than a limit of the node allows (signal 24, XCPU)."),
    "25": ("file too large", "It wrote a file that is larger than a limit allows (signal 25, XFSZ)."),
    "7": ("bus error", "It stopped with a bus error (signal 7): often a full file system or /dev/shm."),
    "11": ("crashed", "It crashed with a segmentation fault (signal 11). See the log."),
    "6": ("crashed", "It stopped itself because of an error (signal 6, ABRT). See the log."),
    "15": (
        "ended (signal 15)",
        "It was ended with signal 15 (TERM) by the scheduler, the site or yourself.",
    ),
    "2": ("interrupted", "It was interrupted (signal 2, INT)."),
}
"""Ends by a signal, by its number; other signals are only named."""

STATES: dict[str, tuple[str, str]] = {
    "CONFIGURING": ("node is starting", "Its nodes are chosen, and are being powered on or prepared for it."),
    "POWER_UP_NODE": ("node is starting", "Its nodes are chosen, and are being powered on for it."),
    "REQUEUED": ("requeued", "It was requeued, and starts again by itself."),
    "REQUEUE_HOLD": ("held", "It was requeued, and is held until it is released."),
    "SPECIAL_EXIT": ("held", "It ended with a special exit code, and is held until it is released."),
    "RESV_DEL_HOLD": ("held", "It is held: its reservation was deleted."),
    "REQUEUE_FED": ("clusters are deciding", "Its federation gives it to another cluster."),
    "PREEMPTED": ("preempted", "The scheduler ended it to make room for a job with a higher priority."),
    "REVOKED": ("runs elsewhere", "Another cluster of the federation runs it."),
    "DEADLINE": ("deadline missed", "The deadline that it requests has passed, so the scheduler ended it."),
    "BOOT_FAIL": ("node did not start", "Its node could not be powered on; the job did not cause this."),
    "LAUNCH_FAILED": ("could not start", "A node could not start it. See the log, or ask the site."),
    "RECONFIG_FAIL": ("node failed", "The node could not be configured for it. Ask the site."),
}
"""What a state means that says more than the reason beside it."""
