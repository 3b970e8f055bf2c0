"""Sends events to every front end, and the current state to a new one."""

from collections.abc import Callable, Hashable

from jupystra_tui.protocol import (
    Event,
    LaunchChanged,
    PromptAsked,
    PromptGone,
    SessionChanged,
    SessionClosed,
    SnapshotTaken,
    TunnelsChanged,
)

Listener = Callable[[Event], None]
LAUNCHES_KEPT = 20


class EventHub:
    """Sends each event to all listeners, and keeps the latest of each subject for those that attach later."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._away: set[Listener] = set()
        self._latest: dict[Hashable, Event] = {}
        self._observers: list[Listener] = []

    @property
    def listeners(self) -> int:
        """How many front ends are attached."""
        return len(self._listeners)

    @property
    def watched(self) -> bool:
        """Whether the user is active in an attached front end."""
        return len(self._away) < len(self._listeners)

    def attend(self, listener: Listener, looking: bool) -> None:
        """Record whether the user is active in that front end."""
        (self._away.discard if looking else self._away.add)(listener)

    def attach(self, listener: Listener) -> None:
        """Send the current state to `listener`, and every change from now on."""
        for event in self._latest.values():
            listener(event)
        self._listeners.append(listener)

    def detach(self, listener: Listener) -> None:
        """Send nothing more to `listener`. Idempotent."""
        if listener in self._listeners:
            self._listeners.remove(listener)
            self._away.discard(listener)

    def observe(self, observer: Listener) -> None:
        """Call `observer` with each event; it is not counted as a front end."""
        self._observers.append(observer)

    def publish(self, event: Event) -> None:
        """Send an event to all."""
        self._remember(event)
        for observer in self._observers:
            observer(event)
        for listener in list(self._listeners):
            listener(event)

    def _remember(self, event: Event) -> None:
        match event:
            case SessionClosed(cluster):
                self._latest.pop(("session", cluster), None)
                self._latest.pop(("snapshot", cluster), None)
            case PromptGone(prompt):
                self._latest.pop(("prompt", prompt), None)
            case SessionChanged(session):
                self._latest["session", session.cluster.name] = event
            case SnapshotTaken(snapshot):
                self._latest["snapshot", snapshot.cluster] = event
            case TunnelsChanged():
                self._latest["tunnels",] = event
            case LaunchChanged(launch):
                self._latest["launch", launch.id] = event
                self._forget_old_launches()
            case PromptAsked(prompt):
                self._latest["prompt", prompt.id] = event

    def _forget_old_launches(self) -> None:
        over = [
            key
            for key, event in self._latest.items()
            if isinstance(event, LaunchChanged) and event.launch.over
        ]
        for key in over[:-LAUNCHES_KEPT]:
            del self._latest[key]
