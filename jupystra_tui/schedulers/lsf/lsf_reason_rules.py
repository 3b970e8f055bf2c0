"""The rules that recognize LSF's pending reasons, of the open-source line's `lsb.reason` and IBM's documentation."""

import re

from jupystra_tui.schedulers.lsf.lsf_causes import LsfCause, LsfKind, LsfScope, resource_word

_K, _S = LsfKind, LsfScope
_LIMIT_SCOPES = (
    (r"job array|running element|job has reached", _S.ARRAY),
    (r"job group", _S.JOB_GROUP),
    (r"user or user group", _S.USER),
    (r"user group|users groups?", _S.USER_GROUP),
    (r"per-user.*queue", _S.QUEUE_USER),
    (r"queues per-(?:host|cpu)", _S.QUEUE_HOST),
    (r"hosts? per-user|users per-cpu", _S.HOST_USER),
    (r"project", _S.PROJECT),
    (r"application", _S.APPLICATION),
    (r"\bsla\b|service class", _S.SERVICE_CLASS),
    (r"queue", _S.QUEUE),
    (r"user", _S.USER),
    (r"cluster", _S.CLUSTER),
    (r"host|quota", _S.HOST),
)
_LIMIT_RESOURCES = (
    (r"\(resource: ([^,)]+)", ""),
    (r"resource \(([^)]+)\) limit", ""),
    (r"slot", "cores"),
    (r"\bjobs?\b|element", "jobs"),
)
# Kind, scope, resource and patterns of how a reason begins; the first match counts. `name` is LSF's name of a resource.
_RULES: tuple[tuple[LsfKind, LsfScope, str, tuple[str, ...]], ...] = (
    (_K.HELD, _S.CLUSTER, "", (r"job was suspended by (?:\w+ )?(?:admin|root)", "lsf internally bstop")),
    (_K.HELD, _S.USER, "", ("job was suspended by user", "job was in psusp")),
    (_K.HELD, _S.JOB_GROUP, "", ("parent group is held",)),
    (_K.INACTIVE, _S.JOB_GROUP, "", ("parent group is inactive",)),
    (_K.NEVER, _S.JOB, "dependency", ("(?:job )?dependency condition (?:is )?invalid", "event is rejected by eeventd")),
    (_K.DEPENDENCY, _S.JOB, "", ("job dependency condition", "job is waiting for its dependency")),
    (_K.NEVER, _S.JOB, "time event", ("job time event",)),
    (_K.START_TIME, _S.JOB, "", ("job has specified start time", "job is held until", "waiting for next time event")),
    (_K.NEVER, _S.QUEUE, "cores", ("job no longer satisfies queue proclimit",)),
    (_K.NEVER, _S.APPLICATION, "cores", ("job no longer satisfies application proclimit",)),
    (_K.NEVER, _S.JOB, "deadline", ("job (?:will not|cant) finish on host before jobs termination",)),
    (_K.NEVER, _S.HOST, "host name", ("bad host name", "incorrect host")),
    (_K.NEVER, _S.QUEUE, "host name", ("host (?:or host group )?is not used by queue",)),
    (_K.NEVER, _S.JOB, "checkpoint folder", ("checkpoint directory is invalid",)),
    (_K.NEVER, _S.HOST, "", ("there are no suitable hosts",)),
    (_K.NEVER, _S.APPLICATION, "", ("specified application profile does not exist",)),
    (_K.NEVER, _S.JOB, "constraint", ("job has bad res",)),
    (_K.NEVER, _S.JOB, "reservation", ("specified (?:remote )?reservation has expired",)),
    (_K.NOT_ALLOWED, _S.USER, "password",
     ("failed to get user password", "unable to log ?on", "job is pending due to log")),
    (_K.NOT_ALLOWED, _S.USER, "user account",
     ("unable to determine user account", "there is no such user account", "user account does not exist")),
    (_K.NOT_ALLOWED, _S.USER, "permission", ("user has no (?:permission|access)", "permission denied")),
    (_K.NOT_ALLOWED, _S.USER, "root account", ("cant run jobs submitted by root",)),
    (_K.NOT_ALLOWED, _S.USER_GROUP, "share account", ("jobs enforced user group",)),
    (_K.WINDOW, _S.QUEUE, "", ("queue is inactivated by its time windows", "run windows of queue are closed")),
    (_K.INACTIVE, _S.QUEUE, "", ("queue is inactivated", "queue is closed")),
    (_K.WINDOW, _S.QUEUE, "time", ("job (?:will not|cant) finish .*run window",)),
    (_K.WINDOW, _S.HOST, "", ("dispatch windows",)),
    (_K.WINDOW, _S.JOB, "reservation", ("jobs reservation is inactive",)),
    (_K.FAILED, _S.QUEUE, "pre-exec command", ("queues pre-exec command",)),
    (_K.FAILED, _S.JOB, "pre-exec command", ("jobs pre-exec command", "job pre-exec retry")),
    (_K.FAILED, _S.JOB, "job file", ("unable to access job ?file",)),
    (_K.FAILED, _S.JOB, "environment", ("unable to set jobs environment",)),
    (_K.FAILED, _S.JOB, "home or working folder", ("unable to determine jobs home",)),
    (_K.FAILED, _S.JOB, "input or output file", ("unable to open jobs (?:i/o|input)",)),
    (_K.FAILED, _S.JOB, "checkpoint",
     ("unable to copy restarting jobs checkpoint", "unable to get pid of restarting", "failed to restart job")),
    (_K.FAILED, _S.HOST, "memory of LSF's daemon",
     ("unable to allocate memory", "failed to generate job resource requirements")),
    (_K.FAILED, _S.HOST, "number of processes", ("unable to fork",)),
    (_K.FAILED, _S.HOST, "whole node", ("unable to lock host",)),
    (_K.FAILED, _S.HOST, "",
     ("job execution initialization failed", "unable to communicate with job process", "node allocation failed",
      "slave batch server failed to accept", "(?:job )?failed in (?:talking|receiving)", "cleaning up zombie",
      "job requeued due to plug-?in", "first job in chunk failed", "lease job remote dispatch failed")),
    (_K.FAILED, _S.JOB, "number of restarts", ("job re-?queue limit",)),
    (_K.FAILED, _S.CLUSTER, "", ("system is unable to schedule",)),
    (_K.RESOURCE, _S.JOB, "", (r"jobs? requirements? for reserving resource \((?P<name>[^)]+)\)",)),
    (_K.RESOURCE, _S.QUEUE, "", (r"queues? requirements? for reserving resource \((?P<name>[^)]+)\)",)),
    (_K.RESOURCE, _S.JOB, "", ("jobs? requirements? for resource reservation", "jobs resource requirements")),
    (_K.RESOURCE, _S.QUEUE, "", ("queues? requirements? for resource reservation", "queues resource requirements")),
    (_K.RESOURCE, _S.HOST, "whole node",
     ("jobs requirement for exclusive", "running exclusive job", "exclusive job (?:is running|reserves)")),
    (_K.RESOURCE, _S.JOB, "cores", ("(?:there are )?not enough processors to meet jobs",)),
    (_K.RESOURCE, _S.QUEUE, "cores", ("(?:there are )?not enough processors to meet queues",)),
    (_K.RESOURCE, _S.JOB, "nodes", ("not enough hosts to meet jobs",)),
    (_K.RESOURCE, _S.QUEUE, "nodes", ("not enough hosts to meet queues",)),
    (_K.RESOURCE, _S.HOST, "time before a reservation", ("not enough slots or resources for whole duration",)),
    (_K.RESOURCE, _S.HOST, "cores of its reservation",
     (r"not enough (?:reserved )?job slots?(?:\(s\))? .*reservation",)),
    (_K.RESOURCE, _S.HOST, "cores",
     (r"not enough job slots?(?:\(s\))?(?: for parallel job)?$",
      "job slot limit(?: for parallel job)?(?: is)? reached",
      "not enough (?:processors|slots|free cpus)",
      "host does not have enough slots", "too few slots")),
    (_K.RESOURCE, _S.HOST, "nodes",
     ("not enough hosts", "no hosts for job", "individual host based", "(?:specified )?first exec")),
    (_K.RESOURCE, _S.HOST, "nodes close together",
     (r"(?!host does not belong).*(?:compute unit|\bcu\b)", "maxcus", "balance cannot", ".*topology")),
    (_K.RESOURCE, _S.HOST, "GPUs", (r"(?:host does not have|there are not|not) enough .*\bgpus?\b",)),
    (_K.RESOURCE, _S.CLUSTER, "licenses", (r"(?:there are )?not enough .*\blicen[cs]es?\b",)),
    (_K.PRIORITY, _S.HOST, "", ("higher or equal priority", "job failed to compete")),
    (_K.LOAD, _S.HOST, "",
     (r"(?:external load index|host load exceeded|load threshold|stop_cond|resume_cond)(?:.*\((?P<name>\w+)\))?",
      r".*\((?P<name>\w+)\) (?:is|are|and host is) (?:beyond|low|not)",
      r"there are too many login users(?: \((?P<name>\w+)\))?")),
    (_K.LOAD, _S.HOST, "jobs that just started", ("just started job recently",)),
    (_K.CLOSED, _S.HOST, "", ("(?:host is )?closed (?:by|due)", "(?:execution )?host is locked")),
    (_K.DOWN, _S.HOST, "",
     ("load info", "lim is unreachable", "unable to reach", "cannot reach", "host is unavailable",
      "host does not have valid")),
    (_K.DOWN, _S.REMOTE, "", (r"remote cluster(?:s|\(s\))? are unreachable",)),
    (_K.OTHER_NODES, _S.QUEUE, "",
     ("not usable (?:to|by) queue", "not member of queue", "host is not usable by queue")),
    (_K.OTHER_NODES, _S.JOB, "", ("not specified in job submission", "not user-specified host")),
    (_K.OTHER_NODES, _S.HOST, "", ("(?:not same type as )?submission host", "host does not belong")),
    (_K.FORWARDED, _S.REMOTE, "", ("job (?:was|is) forwarded", r".*\bremote(?:ly)?\b", "sndjobs_to")),
    (_K.NEW, _S.JOB, "last run",
     ("requeue job for next run", "job has been requeued", "requeued job is waiting", "job is requeued")),
    (_K.NEW, _S.JOB, "",
     ("new job is waiting", "waiting for", "migrating job", "schedul(?:e|ing) of job is", "group is waiting",
      "parent group has just", "system is not ready", "job is waiting to be")),
)  # fmt: skip
_PATTERNS = tuple(
    (re.compile(pattern, re.IGNORECASE), kind, scope, resource)
    for kind, scope, resource, patterns in _RULES
    for pattern in patterns
)
_REACHED = re.compile(
    r"(?:reached|exceeds?).*\blimit|limit.*\breached|(?:queue|user|groups?) has not enough job slots"
    r"|not enough per-user job slots|optimum number of running jobs|number of jobs exceeds?",
    re.IGNORECASE,
)
_OWN_LIMIT = re.compile(r"(\w+limit|deadline) was reached", re.IGNORECASE)
_OF_NO_OWNER = re.compile(r"job slot limit(?: for parallel job)?(?: is)? reached|remote\b", re.IGNORECASE)


def cause_of(text: str) -> LsfCause | None:
    """Return what a reason is about, None for an unknown one.

    `text` has no articles and no apostrophes.
    """
    own = _OWN_LIMIT.match(text)
    if own:
        return LsfCause(LsfKind.LIMIT, LsfScope.JOB, own[1].upper())
    if _REACHED.search(text) and not _OF_NO_OWNER.match(text):
        return _limit(text)
    for pattern, kind, scope, resource in _PATTERNS:
        match = pattern.match(text)
        if match:
            return LsfCause(kind, scope, resource_word(match.groupdict().get("name") or "") or resource)
    return None


def _limit(text: str) -> LsfCause | None:
    """Return the cause for a limit that is reached; None if the text does not say whose limit it is."""
    stated = text.partition(" (Resource:")[0]
    scope = next((scope for words, scope in _LIMIT_SCOPES if re.search(words, stated, re.IGNORECASE)), None)
    found = ((re.search(words, text, re.IGNORECASE), word) for words, word in _LIMIT_RESOURCES)
    resource = next((word or resource_word(match[1]) for match, word in found if match), "")
    return LsfCause(LsfKind.LIMIT, scope, resource) if scope else None
