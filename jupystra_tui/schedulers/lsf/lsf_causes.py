"""What one of LSF's pending reasons is about: its scope, its resource, and its kind."""

import re
from enum import Enum
from typing import NamedTuple


class LsfScope(Enum):
    """What a reason concerns, in words for a sentence."""

    JOB = "the job"
    ARRAY = "its array"
    JOB_GROUP = "its job group"
    USER = "you"
    USER_GROUP = "your user group"
    PROJECT = "its project"
    APPLICATION = "its application profile"
    SERVICE_CLASS = "its service class"
    QUEUE = "its queue"
    QUEUE_USER = "you in its queue"
    QUEUE_HOST = "its queue on each node"
    HOST_USER = "you on each node"
    HOST = "the nodes"
    CLUSTER = "the whole cluster"
    REMOTE = "another cluster"


class LsfKind(Enum):
    """Why the job does not start; of several reasons the kind that stands first here explains the job."""

    HELD = "held"
    NEVER = "cannot start as it is"
    DEPENDENCY = "waits for another job"
    START_TIME = "waits for its start time"
    LIMIT = "a limit is reached"
    INACTIVE = "its queue or group starts no jobs"
    WINDOW = "outside the hours"
    NOT_ALLOWED = "not allowed"
    FAILED = "its start failed"
    RESOURCE = "not enough is free"
    PRIORITY = "other jobs first"
    LOAD = "the nodes are busy"
    CLOSED = "nodes are closed"
    DOWN = "nodes do not answer"
    OTHER_NODES = "not for these nodes"
    FORWARDED = "with another cluster"
    NEW = "not considered yet"


class LsfCause(NamedTuple):
    """`resource` is a word for what is missing or limited, empty if LSF does not say."""

    kind: LsfKind
    scope: LsfScope
    resource: str = ""


_BY_NAME = {
    "mem": "memory", "maxmem": "memory", "swp": "swap space", "maxswp": "swap space", "tmp": "space in /tmp",
    "maxtmp": "space in /tmp", "slots": "cores", "slot": "cores", "job slot": "cores", "job slots": "cores",
    "ncpus": "cores", "cores": "cores", "jobs": "jobs", "job": "jobs", "r15s": "CPU load", "r1m": "CPU load",
    "r15m": "CPU load", "ut": "CPU load", "pg": "paging rate", "io": "disk load", "ls": "logged-in users",
    "it": "idle time", "license": "licenses",
}  # fmt: skip
_GPU_MEMORY = re.compile(r"n?gpus?_?m(?:em|totalmem|usedmem)\w*|gmem|gpu_memory")
_GPU = re.compile(r"n?gpus?(?:_\w+|\d*)|ngpus\w*")


def resource_word(name: str) -> str:
    """Return a word for a resource by its name in LSF; an unknown name, which a site defines, stays as it is."""
    low = name.strip().lower()
    if low in _BY_NAME:
        return _BY_NAME[low]
    if _GPU_MEMORY.fullmatch(low):
        return "GPU memory"
    return "GPUs" if _GPU.fullmatch(low) else name.strip()
