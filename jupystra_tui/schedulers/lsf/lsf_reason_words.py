"""The sentences for the causes of LSF's pending reasons: what it waits for, and what can be done."""

import re
from collections.abc import Callable

from jupystra_tui.schedulers.lsf.lsf_causes import LsfCause, LsfKind, LsfScope

Words = tuple[str, str]
"""A few words for a table, and a sentence or two."""
_K, _S = LsfKind, LsfScope
_LIMIT_NAME = re.compile(r"limit name: ([^,)]+)(?:, limit value: ([\d.]+))?", re.IGNORECASE)
STATES = {
    "PSUSP": ("held", "It is held before its start; `bresume` releases it."),
    "USUSP": ("suspended by you", "It was suspended by its owner or the site; `bresume` resumes it."),
    "SSUSP": ("suspended by LSF", "LSF has suspended it, for a more urgent job or a busy host. LSF resumes it."),
    "UNKWN": ("node does not answer", "LSF has lost contact with its node. It may still run there."),
    "ZOMBI": ("node does not answer",
              "It was killed, but its node does not answer. It ends when the node comes back."),
    "PROV": ("node starts", "Its node is being switched on."),
    "WAIT": ("waits for its chunk", "It waits for the earlier jobs of its chunk."),
}  # fmt: skip
_LIMITS = {
    _S.USER: "your limit is reached", _S.USER_GROUP: "group limit is reached", _S.QUEUE: "queue is full",
    _S.QUEUE_USER: "your limit is reached", _S.QUEUE_HOST: "queue is full", _S.HOST_USER: "your limit is reached",
    _S.PROJECT: "project limit is reached", _S.ARRAY: "array limit", _S.JOB_GROUP: "job group is full",
    _S.CLUSTER: "site limit is reached", _S.HOST: "node limit is reached", _S.SERVICE_CLASS: "service class is full",
    _S.APPLICATION: "application is full", _S.JOB: "limit is reached",
}  # fmt: skip
_OWN: dict[tuple[LsfKind, LsfScope, str], Words] = {
    (_K.HELD, _S.CLUSTER, ""): ("held by the site", "The site's administrators hold it. Ask them why."),
    (_K.HELD, _S.JOB_GROUP, ""): ("job group is held", "Its job group is held; `bresume -g` releases it."),
    (_K.HELD, _S.USER, ""): ("held", "It is held before its start; `bresume` releases it."),
    (_K.INACTIVE, _S.JOB_GROUP, ""): ("job group is inactive", "Its job group starts no jobs at present."),
    (_K.INACTIVE, _S.QUEUE, ""): ("queue is closed", "The site has closed its queue. Wait, or choose another."),
    (_K.NEVER, _S.JOB, "dependency"): ("will never start", "The job that it depends on rules it out. Kill it."),
    (_K.NEVER, _S.JOB, "time event"): (
        "will never start", "Its time event is no longer valid. Kill it and start another."),
    (_K.NEVER, _S.JOB, "deadline"): (
        "deadline too close", "It cannot end before its termination deadline. Kill it, and request less time."),
    (_K.NEVER, _S.JOB, "checkpoint folder"): (
        "bad checkpoint folder", "Its checkpoint folder is not valid. Kill it and name another."),
    (_K.NEVER, _S.JOB, "constraint"): (
        "bad constraint", "Its resource requirement is not valid. Kill it and change the constraint."),
    (_K.NEVER, _S.JOB, "reservation"): (
        "reservation is gone", "Its reservation has expired or was deleted. Kill it, and start it without one."),
    (_K.NEVER, _S.QUEUE, "cores"): (
        "too many cores", "Its queue no longer allows that number of cores. Kill it and change the number."),
    (_K.NEVER, _S.APPLICATION, "cores"): (
        "too many cores", "Its application profile no longer allows that number of cores. Kill it and change it."),
    (_K.NEVER, _S.APPLICATION, ""): (
        "no such application", "Its application profile does not exist. Kill it and choose another."),
    (_K.NEVER, _S.HOST, "host name"): (
        "no such node", "It names a node, group or cluster that does not exist. Kill it and name another."),
    (_K.NEVER, _S.QUEUE, "host name"): (
        "node not in its queue", "It names nodes that its queue does not use. Kill it, and change queue or nodes."),
    (_K.NEVER, _S.HOST, ""): ("will not fit", "No node is suitable for it. Kill it and request less."),
    (_K.DEPENDENCY, _S.JOB, ""): ("waits for another job", "It waits for the job that it depends on."),
    (_K.START_TIME, _S.JOB, ""): ("start time not reached", "It has a start time in the future."),
    (_K.WINDOW, _S.QUEUE, ""): (
        "queue is closed now", "Its queue runs jobs at set hours only. It starts when they begin."),
    (_K.WINDOW, _S.QUEUE, "time"): (
        "hours too short", "It would not end within its queue's hours. Wait, or request less time."),
    (_K.WINDOW, _S.HOST, ""): (
        "nodes are closed now", "The nodes that it may use start jobs at set hours only. It starts when they begin."),
    (_K.WINDOW, _S.JOB, "reservation"): ("reservation not active", "It starts when its reservation is active."),
    (_K.FAILED, _S.JOB, "pre-exec command"): (
        "pre-exec failed", "Its pre-exec command ended with an error. LSF retries; if this stays, change it."),
    (_K.FAILED, _S.QUEUE, "pre-exec command"): (
        "pre-exec failed", "Its queue's pre-exec command ended with an error. If this stays, ask the site."),
    (_K.FAILED, _S.CLUSTER, ""): (
        "cannot be scheduled", "LSF cannot schedule it at present. If this stays, ask the site."),
    (_K.RESOURCE, _S.JOB, ""): (
        "waits for its resources",
        "At present no node has what it requests: memory, a GPU or a feature. If none ever has, it never starts."),
    (_K.RESOURCE, _S.QUEUE, ""): (
        "waits for its queue", "At present no node has what its queue requires. It starts when one has."),
    (_K.RESOURCE, _S.HOST, "cores"): (
        "waits for free cores", "All cores of the nodes that it may use are taken. It starts when jobs end."),
    (_K.RESOURCE, _S.HOST, "nodes"): (
        "waits for free nodes", "The nodes that it may use are not free. It starts when jobs end."),
    (_K.RESOURCE, _S.HOST, "whole node"): (
        "waits for a node", "It requests a whole node, or another job has one: none is idle. It starts when one is."),
    (_K.RESOURCE, _S.HOST, "time before a reservation"): (
        "reserved soon", "Its nodes are reserved before it could end. With less time it may start sooner."),
    (_K.PRIORITY, _S.HOST, ""): ("others first", "Jobs with the same or a higher priority are ahead of it."),
    (_K.LOAD, _S.HOST, "jobs that just started"): (
        "nodes are being filled", "LSF waits a moment between two jobs on a node."),
    (_K.CLOSED, _S.HOST, ""): (
        "nodes are closed", "The site has closed the nodes that it may use. Wait, or choose another queue."),
    (_K.DOWN, _S.HOST, ""): (
        "nodes are down", "The nodes that it may use do not answer. If this stays, ask the site."),
    (_K.DOWN, _S.REMOTE, ""): (
        "cluster is down", "The cluster that would run it does not answer. If this stays, ask the site."),
    (_K.OTHER_NODES, _S.QUEUE, ""): (
        "waits for free nodes", "Only nodes outside its queue are left. It starts when jobs in its queue end."),
    (_K.OTHER_NODES, _S.JOB, ""): ("other nodes only", "It names the nodes to use, and they are not free."),
    (_K.OTHER_NODES, _S.HOST, ""): (
        "other nodes only", "The nodes that are left are of a type that it may not use. It starts when jobs end."),
    (_K.FORWARDED, _S.REMOTE, ""): ("sent to another cluster", "LSF sends it to another cluster, and waits for it."),
    (_K.NEW, _S.JOB, "last run"): ("was requeued", "It was requeued and starts again."),
    (_K.NEW, _S.JOB, ""): ("just submitted", "LSF has not considered it yet. Wait a moment."),
}  # fmt: skip


def words_for(cause: LsfCause, text: str) -> Words:
    """Return the words for a cause; `text` is LSF's own, which may name the limit."""
    return _OWN.get(cause) or _BY_KIND[cause.kind](cause, text)


def _limit(cause: LsfCause, text: str) -> Words:
    name = _LIMIT_NAME.search(text)
    named = f" ({name[1].strip()}{f': {name[2]}' if name[2] else ''})" if name else ""
    of = f"limit of {cause.resource}" if cause.resource else "limit"
    match cause.scope:
        case LsfScope.ARRAY:
            sentence = (
                "As many elements of its array run as the array allows. It starts when one of them ends."
            )
        case LsfScope.JOB:
            sentence = f"It reached its {cause.resource}."
        case LsfScope.USER | LsfScope.QUEUE_USER | LsfScope.HOST_USER:
            sentence = (
                f"The {of} for {cause.scope.value} is reached{named}. It starts when some of your jobs end."
            )
        case _:
            sentence = f"The {of} for {cause.scope.value} is reached{named}. It starts when other jobs end."
    return _LIMITS[cause.scope], sentence


def _resource(cause: LsfCause, text: str) -> Words:
    whose = "its queue requires" if cause.scope is LsfScope.QUEUE else "it requests"
    sentence = f"At present no node has as much free as {whose}: {cause.resource}. It starts when jobs end."
    return f"waits for {cause.resource}", sentence


def _load(cause: LsfCause, text: str) -> Words:
    about = f" ({cause.resource})" if cause.resource else ""
    return (
        "nodes are busy",
        f"The nodes that it may use are too busy{about}. It starts when they are less busy.",
    )


def _failed(cause: LsfCause, text: str) -> Words:
    about = f" ({cause.resource})" if cause.resource else ""
    return (
        "could not be started",
        f"LSF could not start it{about}, and retries. If this stays, ask the site.",
    )


def _not_allowed(cause: LsfCause, text: str) -> Words:
    sentence = f"The nodes that LSF tried do not accept it ({cause.resource}). Ask the site, or choose another queue."
    return "not allowed", sentence


_BY_KIND: dict[LsfKind, Callable[[LsfCause, str], Words]] = {
    LsfKind.LIMIT: _limit,
    LsfKind.RESOURCE: _resource,
    LsfKind.LOAD: _load,
    LsfKind.FAILED: _failed,
    LsfKind.NOT_ALLOWED: _not_allowed,
}
