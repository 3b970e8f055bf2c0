"""Whoever comes later is told how things stand, and nothing that is over."""

import pytest

from jupystra_tui.errors import GivenUp
from jupystra_tui.model import Cluster, Prompt, PromptKind, Session, SessionPhase, Snapshot
from jupystra_tui.protocol import (
    Answer,
    Event,
    PromptAsked,
    PromptGone,
    SessionChanged,
    SessionClosed,
    SnapshotTaken,
)
from jupystra_tui.text import Secret
from jupystra_tui.worker.event_hub import EventHub
from jupystra_tui.worker.open_prompts import OpenPrompts

HPC = Cluster("hpc", "hpc")


def session(phase: SessionPhase) -> SessionChanged:
    return SessionChanged(Session(HPC, phase))


def test_a_late_front_end_hears_the_latest_of_each_subject() -> None:
    hub = EventHub()
    hub.publish(session(SessionPhase.CONNECTING))
    hub.publish(session(SessionPhase.UP))
    hub.publish(SnapshotTaken(Snapshot("hpc", 1.0)))
    hub.publish(SnapshotTaken(Snapshot("hpc", 2.0)))
    told: list[Event] = []
    hub.attach(told.append)
    assert told == [session(SessionPhase.UP), SnapshotTaken(Snapshot("hpc", 2.0))]


def test_a_closed_session_takes_its_snapshot_along() -> None:
    hub = EventHub()
    hub.publish(session(SessionPhase.UP))
    hub.publish(SnapshotTaken(Snapshot("hpc", 1.0)))
    hub.publish(SessionClosed("hpc"))
    told: list[Event] = []
    hub.attach(told.append)
    assert told == []


def test_polls_are_watched_only_while_somebody_looks() -> None:
    hub = EventHub()
    told: list[Event] = []
    assert not hub.watched
    hub.attach(told.append)
    assert hub.watched
    hub.attend(told.append, looking=False)
    assert not hub.watched
    hub.detach(told.append)
    hub.attach(told.append)
    assert hub.watched


async def test_a_question_waits_for_a_front_end_and_goes_when_answered() -> None:
    hub = EventHub()
    prompts = OpenPrompts(hub)
    told: list[Event] = []

    def person(event: Event) -> None:
        told.append(event)
        if isinstance(event, PromptAsked):
            prompts.answer(Answer(event.prompt.id, Secret("42")))

    hub.attach(person)
    answer = await prompts.ask(Prompt("", PromptKind.TEXT, "ada@hpc", "Code"))
    assert answer.secret.reveal() == "42"
    assert told[-1] == PromptGone(told[0].prompt.id)  # type: ignore[union-attr]
    late: list[Event] = []
    hub.attach(late.append)
    assert late == []


async def test_cancel_is_no_answer() -> None:
    hub = EventHub()
    prompts = OpenPrompts(hub)

    def person(event: Event) -> None:
        if isinstance(event, PromptAsked):
            prompts.answer(Answer(event.prompt.id, None))

    hub.attach(person)
    with pytest.raises(GivenUp):
        await prompts.ask(Prompt("", PromptKind.TEXT, "ada@hpc", "Code"))
    prompts.answer(Answer("1", Secret("too late")))
