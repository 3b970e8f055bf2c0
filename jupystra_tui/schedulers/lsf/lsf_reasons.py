"""LSF's pending reasons, and the states that are reasons, in plain words."""

import re
from functools import lru_cache

from jupystra_tui.model.reason import Reason, unknown_reason

# How a reason begins, in lower case and without an article; the first match counts.
_KNOWN = (
    ("psusp", "held", "It is held before its start; `bresume` releases it."),
    ("ususp", "suspended by you", "It was suspended by its owner or the site; `bresume` resumes it."),
    ("ssusp", "suspended by LSF", "LSF has suspended it, for a more urgent job or a busy host. LSF resumes it."),
    ("unkwn", "node does not answer", "LSF has lost contact with its node. It may still run there."),
    ("zombi", "node does not answer",
     "It was killed, but its node does not answer. It ends when the node comes back."),
    ("prov", "node starts", "Its node is being switched on."),
    ("waiting for ", "just submitted", "LSF considers it again after a change of its queue or state."),
    ("wait", "waits for its chunk", "It waits for the earlier jobs of its chunk."),
    ("job was suspended by", "held", "It is held before its start; `bresume` releases it."),
    ("job array has reached its running element limit", "array limit",
     "The limit of running elements that it sets itself is reached."),
    ("schedule of the job is postponed", "just submitted", "LSF considers it again in a moment."),
    ("new job is waiting for scheduling", "just submitted", "The scheduler has not considered this job yet."),
    ("requeue the job for the next run", "was requeued", "It was requeued and starts again."),
    ("job dependency condition not satisfied", "waits for another job", "It waits for the job that it depends on."),
    ("dependency condition invalid", "will never start", "The job that it depends on rules it out. Kill it."),
    ("job has a specified start time", "start time not reached", "It has a start time in the future."),
    ("queue is inactivated by its time windows", "queue is closed now", "Its queue runs jobs at set hours only."),
    ("queue is inactivated", "queue is closed", "The site has closed its queue. Wait, or choose another."),
    ("queue has reached its job slot limit", "queue is full", "As many jobs run in its queue as the site allows."),
    ("user has reached the per-user job slot limit", "your limit is reached", "As many of your jobs run as allowed."),
    ("user has reached", "your limit is reached", "As many of your jobs run as allowed."),
    ("project has reached", "project's limit", "As many jobs of its project run as the site allows."),
    ("resource limit defined", "a limit is reached", "A limit of the site is reached; it starts when others end."),
    ("not enough job slot", "waits for free cores", "It waits for enough free cores on the nodes."),
    ("not enough processors", "waits for free cores", "It waits for a node with enough free cores."),
    ("not enough hosts", "waits for free nodes", "It waits for enough nodes that are free at once."),
    ("job's resource requirements not satisfied", "waits for its resources",
     "At present no node has what it requests: memory, a GPU or a feature. If none ever has, it never starts."),
    ("job's requirements for resource reservation", "waits for memory",
     "No node has as much memory or other resource free as it reserves. Less memory may start sooner."),
    ("job requirements for reserving resource", "waits for memory",
     "No node has as much memory or other resource free as it reserves. Less memory may start sooner."),
    ("queue's resource requirements not satisfied", "waits for its queue",
     "At present no node has what its queue requires. It starts when one has."),
    ("job's requirement for exclusive execution", "waits for a node", "It requests a whole node, and none is idle."),
    ("job slot limit reached", "waits for free cores", "All cores of the nodes that it may use are taken."),
    ("there are no suitable hosts", "will not fit", "No node is suitable for it. Kill it and request less."),
    ("load threshold reached", "nodes are busy", "The nodes that it may use are too busy at present."),
    ("closed by lsf administrator", "nodes are closed", "The site has closed the nodes that it may use."),
    ("host is unavailable", "nodes are down", "Nodes that it may use do not answer."),
    ("unable to reach", "nodes are down", "Nodes that it may use do not answer."),
    ("load information unavailable", "nodes are down", "Nodes that it may use do not report their load."),
    ("just started a job recently", "nodes are being filled", "LSF waits a moment between two jobs on a node."),
    ("individual host based reasons", "waits for free nodes", "Each node has a reason of its own: most are busy."),
    ("not specified in job submission", "other nodes only", "It names the nodes to use, and they are not free."),
    ("host is not usable by the queue", "waits for free nodes", "The nodes of its queue are taken."),
)  # fmt: skip
_NEVER_STARTS = {"dependency condition invalid", "there are no suitable hosts"}
_COUNT = re.compile(r":\s*\d+ hosts?\s*$")


@lru_cache(maxsize=4096)
def reason_of(code: str) -> Reason:
    """Return what LSF's reasons mean, with `; ` between them: the first known one of the table counts."""
    parts = [_COUNT.sub("", part).strip().lower().removeprefix("the ") for part in code.split(";")]
    for start, short, text in _KNOWN:
        if any(part.startswith(start) for part in parts):
            return Reason(code, short, text, start in _NEVER_STARTS)
    return unknown_reason(code)
