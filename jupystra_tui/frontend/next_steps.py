"""Completes the hints of the worker's problems with the key or command of this front end."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from jupystra_tui import protocol
from jupystra_tui.model import Action, Problem
from jupystra_tui.model.finding import Finding


class Subject(Struct, frozen=True):
    """The cluster and the job of a problem, empty if there is none."""

    cluster: str = ""
    job: str = ""


How = Callable[[Action, Subject], str]
"""Returns how to do an action in this front end ("press r"), empty if it has no key or command for it."""


def no_instruction(action: Action, subject: Subject) -> str:
    """Return no instruction, for a front end without keys and commands."""
    return ""


def advised(problem: Problem, how: How, subject: Subject) -> Problem:
    """Return a problem whose hint ends with how to do what it suggests."""
    return replace(
        problem, hint=_with_instruction(problem.hint, problem.next_action, how, subject), next_action=None
    )


def advised_event(event: protocol.Event, how: How) -> protocol.Event:
    """Return an event with the hints of its problems completed."""
    match event:
        case protocol.SessionChanged(session):
            return replace(event, session=_advised_in(session, how, Subject(session.cluster.name)))
        case protocol.TunnelsChanged(tunnels):
            ours = (_advised_in(one, how, Subject(one.cluster, one.job)) for one in tunnels)
            return replace(event, tunnels=tuple(ours))
        case protocol.LaunchChanged(launch):
            return replace(event, launch=_advised_in(launch, how, Subject(launch.cluster, launch.job)))
        case _:
            return event


def advised_findings(findings: tuple[Finding, ...], how: How, subject: Subject) -> tuple[Finding, ...]:
    """Return findings whose next steps end with how to do them."""
    return tuple(
        replace(one, next_step=_with_instruction(one.next_step, one.next_action, how, subject))
        for one in findings
    )


def subject_of(request: object) -> Subject:
    """Return the cluster and the job of a request."""
    cluster, job = getattr(request, "cluster", ""), getattr(request, "job", "")
    return Subject(getattr(cluster, "name", cluster), job)


def _advised_in(holder: Any, how: How, subject: Subject) -> Any:
    problem: Problem | None = holder.problem
    if problem is None or problem.next_action is None:
        return holder
    return replace(holder, problem=advised(problem, how, subject))


def _with_instruction(hint: str, action: Action | None, how: How, subject: Subject) -> str:
    instruction = how(action, subject) if action else ""
    if not instruction:
        return hint
    return (
        f"{hint.removesuffix('.')} ({instruction})."
        if hint
        else f"{instruction[0].upper()}{instruction[1:]}."
    )
