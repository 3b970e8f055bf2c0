"""The steps of one launch, published as they change."""

import time
from typing import Any

import msgspec

from jupystra_tui.model import Launch, Problem, Step, StepName, StepState
from jupystra_tui.protocol import LaunchChanged
from jupystra_tui.worker.event_hub import EventHub


class LaunchSteps:
    """Owns what front ends see of a launch, `shown`."""

    def __init__(self, shown: Launch, hub: EventHub) -> None:
        self.shown = shown
        self._hub = hub

    def step(self, name: StepName, state: StepState, text: str = "") -> None:
        """Change a step; without `text` it keeps the one it has. `TODO` resets it."""
        steps = tuple(_changed(step, state, text) if step.name is name else step for step in self.shown.steps)
        self.show(steps=steps)

    def fail(self, problem: Problem) -> None:
        """End the launch with a problem, in the current step."""
        self.show(steps=_failed(self.shown.steps), problem=problem)

    def show(self, **changes: Any) -> None:
        """Publish the launch with some fields changed."""
        changed = msgspec.structs.replace(self.shown, **changes)
        if changed != self.shown:
            self.shown = changed
            self._hub.publish(LaunchChanged(changed))


def _changed(step: Step, state: StepState, text: str) -> Step:
    """Return the step in another state; a step that is done keeps the time of its end."""
    if state is StepState.TODO:
        return Step(step.name)
    now = time.time()
    ended = (step.ended or now) if state is StepState.DONE else 0.0
    return Step(step.name, state, text or step.text, step.began or now, ended)


def _failed(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the steps with the first unfinished one as the failed one, and nothing in progress after it."""
    number = next((number for number, step in enumerate(steps) if step.state is StepState.NOW), len(steps))
    after = tuple(Step(step.name) if step.state is StepState.NOW else step for step in steps[number + 1 :])
    failed = tuple(
        msgspec.structs.replace(step, state=StepState.FAILED, ended=time.time())
        for step in steps[number : number + 1]
    )
    return (*steps[:number], *failed, *after)
