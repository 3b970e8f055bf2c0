"""The worker's state as a front end knows it: frozen, replaced by each event."""

from collections.abc import Collection
from typing import Any, Self

from msgspec import Struct, structs

from jupystra_tui import protocol
from jupystra_tui.model import Job, Launch, Prompt, Session, Snapshot, Tunnel, TunnelState

Subject = tuple[str, ...]


class State(Struct, frozen=True):
    """Sessions and snapshots by cluster name, launches and prompts by id, and all tunnels.

    `synced` is whether the worker has reported everything since the front end attached. What an earlier worker reported
    stays until then: `reported` has the subjects that the current worker has sent. Treat the dictionaries as read-only.
    """

    sessions: dict[str, Session] = {}
    snapshots: dict[str, Snapshot] = {}
    launches: dict[str, Launch] = {}
    tunnels: tuple[Tunnel, ...] = ()
    prompts: dict[str, Prompt] = {}
    synced: bool = False
    reported: frozenset[Subject] = frozenset()

    def apply(self, event: protocol.Event) -> Self:
        """Return the state after an event."""
        match event:
            case protocol.SessionChanged(session):
                name = session.cluster.name
                return self._with(("session", name), sessions={**self.sessions, name: session})
            case protocol.SessionClosed(cluster):
                return self._with(
                    ("session", cluster),
                    sessions=_without(self.sessions, cluster),
                    snapshots=_without(self.snapshots, cluster),
                )
            case protocol.SnapshotTaken(snapshot):
                snapshots = {**self.snapshots, snapshot.cluster: snapshot}
                return self._with(("snapshot", snapshot.cluster), snapshots=snapshots)
            case protocol.TunnelsChanged(tunnels):
                return self._with(("tunnels",), tunnels=tunnels)
            case protocol.LaunchChanged(launch):
                return self._with(("launch", launch.id), launches={**self.launches, launch.id: launch})
            case protocol.PromptAsked(prompt):
                return self._with(("prompt", prompt.id), prompts={**self.prompts, prompt.id: prompt})
            case protocol.PromptGone(prompt):
                return self._with(("prompt", prompt), prompts=_without(self.prompts, prompt))
        raise AssertionError(f"unknown event: {event!r}")

    def worker_lost(self) -> Self:
        """Return the state when the worker has ended: without its prompts and launches."""
        tunnels = tuple(_lost(tunnel) for tunnel in self.tunnels if tunnel.wanted)
        return structs.replace(
            self, prompts={}, launches={}, tunnels=tunnels, synced=False, reported=frozenset()
        )

    def sync(self, awaited: Collection[str] = ()) -> Self:
        """Return the state when the worker has reported everything: without what it did not report.

        Sessions and snapshots of clusters in `awaited`, to which it is logging in, stay.
        """
        known = {name for name in self.sessions if ("session", name) in self.reported}.union(awaited)
        return structs.replace(
            self,
            synced=True,
            sessions={name: one for name, one in self.sessions.items() if name in known},
            snapshots={name: one for name, one in self.snapshots.items() if name in known},
            tunnels=self.tunnels if ("tunnels",) in self.reported else (),
        )

    def job(self, cluster: str, name: str) -> Job | None:
        """Return a job by its key or by its id as the scheduler's commands write it."""
        snapshot = self.snapshots.get(cluster)
        return next((job for job in snapshot.jobs if name in (job.id, job.key)), None) if snapshot else None

    def tunnel(self, name: str) -> Tunnel | None:
        """Return the tunnel of that id."""
        return next((one for one in self.tunnels if one.id == name), None)

    def tunnel_to(self, cluster: str, job: str) -> Tunnel | None:
        """Return the tunnel to a job, given by its key."""
        return next((one for one in self.tunnels if (one.cluster, one.job) == (cluster, job)), None)

    def _with(self, subject: Subject, **changes: Any) -> Self:
        return structs.replace(self, reported=self.reported | {subject}, **changes)


def _lost(tunnel: Tunnel) -> Tunnel:
    """Return a tunnel whose worker has ended."""
    reason = "the worker ended; a new worker reopens the tunnel"
    return structs.replace(tunnel, state=TunnelState.RETRYING, ready=False, reason=reason, retry_at=0.0)


def _without(entries: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in entries.items() if key != name}
