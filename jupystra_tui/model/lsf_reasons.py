"""What LSF's pending reasons and telling state words mean, in plain words."""

import re

_WORDS = (
    ("psusp", "held", "It is held before its start; `bresume` lets it go."),
    ("ususp", "suspended by you", "It was suspended by its owner or the site; `bresume` lets it go on."),
    ("ssusp", "suspended by LSF", "LSF has suspended it, for a more urgent job or a busy host. It goes on by itself."),
    ("unkwn", "node is silent", "LSF has lost touch with its node. It may go on running there; LSF will tell."),
    ("zombi", "node is silent", "It was killed, but its node does not answer. It ends when the node comes back."),
    ("prov", "node wakes up", "Its node is being switched on."),
    ("waiting for ", "just submitted", "LSF looks at it anew, after a change of its queue or state."),
    ("wait", "waits for its chunk", "It waits for the jobs before it in its chunk."),
    ("job was suspended by", "held", "It is held before its start; `bresume` lets it go."),
    ("job array has reached its running element limit", "its own limit", "As many of its elements run as it allows."),
    ("schedule of the job is postponed", "just submitted", "LSF looks at it again in a moment."),
    ("new job is waiting for scheduling", "just submitted", "The scheduler has not looked at this job yet."),
    ("requeue the job for the next run", "was requeued", "It was put back in the queue, and starts again from there."),
    ("job dependency condition not satisfied", "waits for another job", "It waits for the job that it depends on."),
    ("dependency condition invalid", "will never start", "The job that it depends on rules it out. Kill it."),
    ("job has a specified start time", "start time not reached", "It may not start before a set time."),
    ("queue is inactivated by its time windows", "queue is closed now", "Its queue runs jobs at set hours only."),
    ("queue is inactivated", "queue is closed", "The site has closed its queue. Wait, or choose another."),
    ("queue has reached its job slot limit", "queue is full", "As many jobs run in its queue as the site allows."),
    ("user has reached the per-user job slot limit", "your limit is reached", "As many of your jobs run as may."),
    ("user has reached", "your limit is reached", "As many of your jobs run as you may have."),
    ("project has reached", "project's limit", "As many jobs of its project run as the site allows."),
    ("resource limit defined", "a limit is reached", "A limit of the site is reached; it starts when others end."),
    ("not enough job slot", "waits for free cores", "It waits for enough free cores on the nodes."),
    ("not enough processors", "waits for free cores", "It waits for a node with enough free cores."),
    ("not enough hosts", "waits for free nodes", "It waits for enough nodes that are free at once."),
    ("job's resource requirements not satisfied", "waits for its resources",
     "No node has what it asks for just now: memory, a GPU or a feature. If none ever has, it waits for ever."),
    ("job's requirements for resource reservation", "waits for memory",
     "No node has as much memory or other resource free as it reserves. Less memory may start sooner."),
    ("job requirements for reserving resource", "waits for memory",
     "No node has as much memory or other resource free as it reserves. Less memory may start sooner."),
    ("queue's resource requirements not satisfied", "waits for its queue",
     "No node has just now what its queue asks of nodes. It starts when one has."),
    ("job's requirement for exclusive execution", "waits for a node", "It wants a node for itself, and none is idle."),
    ("job slot limit reached", "waits for free cores", "All cores of the nodes that it may use are taken."),
    ("there are no suitable hosts", "will not fit", "No node is suited to it. Kill it and ask for less."),
    ("load threshold reached", "nodes are busy", "The nodes that it may use are too busy just now."),
    ("closed by lsf administrator", "nodes are closed", "The site has closed the nodes that it may use."),
    ("host is unavailable", "nodes are away", "Nodes that it may use do not answer."),
    ("unable to reach", "nodes are away", "Nodes that it may use do not answer."),
    ("load information unavailable", "nodes are away", "Nodes that it may use do not tell how they are."),
    ("just started a job recently", "nodes are being filled", "LSF gives each node a moment between two jobs."),
    ("individual host based reasons", "waits for free nodes", "Each node has a reason of its own: most are busy."),
    ("not specified in job submission", "other nodes only", "It was told which nodes to use, and they are not free."),
    ("host is not usable by the queue", "waits for free nodes", "The nodes of its queue are taken."),
)  # fmt: skip
_COUNT = re.compile(r":\s*\d+ hosts?\s*$")


def lsf_reason(reason: str) -> tuple[str, str] | None:
    """Return short and long words for the most telling of reasons with `; ` between; None where none is known."""
    said = [_COUNT.sub("", part).strip().lower().removeprefix("the ") for part in reason.split(";")]
    return next(
        ((short, long) for start, short, long in _WORDS if any(part.startswith(start) for part in said)), None
    )
