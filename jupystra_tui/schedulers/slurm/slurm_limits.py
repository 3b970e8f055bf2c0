"""Limits of a QOS or an account (association) that stop a job, parsed from Slurm's word for them."""

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from jupystra_tui.model.reason import Reason


class Owner(Enum):
    """Who sets the limit; the value is the word shown."""

    QOS = "QOS"
    ASSOCIATION = "account"


class Scope(Enum):
    """Over what it is counted: all jobs of the owner (GROUP), those of a user or an account, one job, a node of it."""

    GROUP = "group"
    USER = "user"
    ACCOUNT = "account"
    JOB = "job"
    NODE = "node"


class Measure(Enum):
    """What is counted: resources in use at once, those of a job at least, minutes used, minutes still to run."""

    MOST = "most at once"
    LEAST = "least"
    MINUTES = "minutes"
    RUN_MINUTES = "run minutes"


class Resource(Enum):
    """What is limited; the value is the word shown."""

    CPU = "core"
    MEMORY = "memory"
    GRES = "GPU"
    NODE = "node"
    JOBS = "job"
    SUBMITTED = "submitted job"
    WALLTIME = "walltime"
    LICENSE = "license"
    BILLING = "billing"
    ENERGY = "energy"
    BURST_BUFFER = "burst buffer"
    UNKNOWN = "resource"


class Limit(NamedTuple):
    """A limit as a reason names it."""

    owner: Owner
    scope: Scope
    measure: Measure
    resource: Resource


_WORD = re.compile(
    r"(?P<owner>QOS|Assoc)?(?P<bound>Grp|Max|Min)(?P<resource>[A-Za-z]+?)(?P<minutes>(?:Run)?Min(?:ute)?s)?"
    r"(?:Per(?P<scope>Job|Node|User|Account))?(?:Limit|NotSatisfied)?"
)
_RESOURCES = {
    "cpu": Resource.CPU, "mem": Resource.MEMORY, "memory": Resource.MEMORY, "gres": Resource.GRES,
    "node": Resource.NODE, "nodes": Resource.NODE, "job": Resource.JOBS, "jobs": Resource.JOBS,
    "submitjob": Resource.SUBMITTED, "submitjobs": Resource.SUBMITTED, "wall": Resource.WALLTIME,
    "wallduration": Resource.WALLTIME, "license": Resource.LICENSE, "billing": Resource.BILLING,
    "energy": Resource.ENERGY, "bb": Resource.BURST_BUFFER, "unknown": Resource.UNKNOWN,
}  # fmt: skip
_AMOUNTS = {
    Resource.CPU: "cores", Resource.MEMORY: "memory", Resource.GRES: "GPUs (GRES)", Resource.NODE: "nodes",
    Resource.LICENSE: "licenses", Resource.BILLING: "billing units", Resource.ENERGY: "energy",
    Resource.BURST_BUFFER: "burst buffer space", Resource.WALLTIME: "walltime", Resource.UNKNOWN: "of a resource",
}  # fmt: skip
_OVER = {Resource.UNKNOWN: "over a limit", Resource.BURST_BUFFER: "over the buffer limit"}


def parse_limit(code: str) -> Limit | None:
    """Return the limit that a reason such as `QOSMaxCpuPerUserLimit` names, None for any other reason."""
    match = _WORD.fullmatch(code)
    resource = _RESOURCES.get(match["resource"].lower()) if match else None
    if match is None or resource is None or not (match["owner"] or match["scope"]):
        return None
    owner = Owner.ASSOCIATION if match["owner"] == "Assoc" else Owner.QOS
    return Limit(owner, _scope(match["bound"], match["scope"]), _measure(match, resource), resource)


def _scope(bound: str, named: str | None) -> Scope:
    """Return the scope; a maximum without one, as in `AssocMaxJobsLimit`, is each user's."""
    if named:
        return Scope(named.lower())
    return {"Grp": Scope.GROUP, "Min": Scope.JOB}.get(bound, Scope.USER)


def _measure(match: re.Match[str], resource: Resource) -> Measure:
    """Return what is counted; a group's walltime is the time that its jobs have used so far."""
    if match["bound"] == "Min":
        return Measure.LEAST
    if match["minutes"]:
        return Measure.RUN_MINUTES if match["minutes"].startswith("Run") else Measure.MINUTES
    used = match["bound"] == "Grp" and resource is Resource.WALLTIME
    return Measure.MINUTES if used else Measure.MOST


def limit_reason(code: str) -> Reason | None:
    """Return what a limit means for a job that waits, None for a reason that names no limit."""
    limit = parse_limit(code)
    if limit is None:
        return None
    if limit.measure is Measure.LEAST:
        return _too_little(code, limit)
    if limit.scope in (Scope.JOB, Scope.NODE):
        return _too_much(code, limit)
    return _budget(code, limit) if limit.measure is Measure.MINUTES else _full(code, limit)


@lru_cache(maxsize=1024)
def alone_reason(code: str, scope: Scope) -> Reason | None:
    """Return what a limit of that scope means for a job that exceeds it without any other job.

    None for limits of another scope, and for those that a single job cannot exceed.
    """
    limit = parse_limit(code)
    countless = limit and limit.resource in (Resource.JOBS, Resource.SUBMITTED, Resource.UNKNOWN)
    if limit is None or countless or limit.scope is not scope:
        return None
    if limit.measure not in (Measure.MOST, Measure.RUN_MINUTES):
        return None
    text = f"It alone requests more {_amount(limit)} than {_whose(limit)} may use"
    return _never(code, limit, _over(limit), text)


def _too_little(code: str, limit: Limit) -> Reason:
    text = f"Its {limit.owner.value} accepts only jobs that request more {_amount(limit)}"
    text += f", so it will not start ({code}). Kill it and request more."
    return Reason(code, "requests too little", text, never_starts=True)


def _too_much(code: str, limit: Limit) -> Reason:
    much = f"this {'many' if _counted(limit) else 'much'} {_amount(limit)}"
    if limit.resource is Resource.UNKNOWN:
        much = "this much of a resource"
    where = " on one node" if limit.scope is Scope.NODE else ""
    short = "too much on one node" if where else _over(limit)
    return _never(code, limit, short, f"Its {limit.owner.value} allows no job {much}{where}")


def _never(code: str, limit: Limit, short: str, text: str) -> Reason:
    where = " on each node" if limit.scope is Scope.NODE else ""
    text += f", so it will not start ({code}). Kill it and request {_less(limit)}{where}."
    return Reason(code, short, text, never_starts=True)


def _budget(code: str, limit: Limit) -> Reason:
    text = f"The {_amount(limit)} granted to {_whose(limit)} is used up ({code}). "
    text += "It starts when the site grants more, or when older use no longer counts. Ask the site."
    return Reason(code, "budget used", text)


def _full(code: str, limit: Limit) -> Reason:
    """Return the reason of a job that starts when others end."""
    whose, own = _whose(limit), limit.scope is Scope.USER
    others = "your other jobs" if own else "other jobs"
    match limit:
        case Limit(measure=Measure.RUN_MINUTES):
            text = f"Running jobs have reserved all the {_amount(limit)} that {whose} may reserve ({code}). It starts "
            text += f"when {others} end or have less time left; with a shorter walltime perhaps sooner."
        case Limit(resource=Resource.JOBS):
            text = f"The job limit for {whose} is reached; it starts when {others} end ({code})."
        case Limit(resource=Resource.SUBMITTED):
            text = (
                f"The limit of submitted jobs for {whose} is reached; it starts when {others} end ({code})."
            )
        case _:
            text = f"The {_adjective(limit.resource)} limit for {whose} is reached; "
            text += f"it starts when {others} end ({code})."
    full = {Scope.GROUP: f"{limit.owner.value} full", Scope.ACCOUNT: "account full"}
    return Reason(code, full.get(limit.scope, "your limit"), text)


def _whose(limit: Limit) -> str:
    owner = limit.owner.value
    match limit.scope:
        case Scope.USER:
            return f"one user of its {owner}"
        case Scope.ACCOUNT:
            return f"one account in its {owner}"
    return f"all jobs of its {owner} together"


def _adjective(resource: Resource) -> str:
    return "GPU (GRES)" if resource is Resource.GRES else resource.value


def _amount(limit: Limit) -> str:
    """Return the resource as an amount: `memory`, or `memory time` where it is multiplied by the time it is held."""
    counts_time = limit.measure in (Measure.MINUTES, Measure.RUN_MINUTES)
    if counts_time and limit.resource is not Resource.WALLTIME:
        return f"{_adjective(limit.resource)} time"
    return _AMOUNTS[limit.resource]


def _less(limit: Limit) -> str:
    if limit.resource is Resource.WALLTIME:
        return "a shorter walltime"
    at_once = limit._replace(measure=Measure.MOST)
    less = f"{'fewer' if _counted(at_once) else 'less'} {_amount(at_once)}"
    return less if limit.measure is Measure.MOST else f"{less} or a shorter walltime"


def _counted(limit: Limit) -> bool:
    """Return whether the amount is a number of things."""
    return _amount(limit).partition(" (")[0].endswith("s")


def _over(limit: Limit) -> str:
    if limit.resource is Resource.WALLTIME or limit.measure is Measure.MINUTES:
        return "over the time limit"
    return _OVER.get(limit.resource, f"over the {limit.resource.value} limit")
