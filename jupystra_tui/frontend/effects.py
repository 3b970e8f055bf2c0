"""What a front end does when the worker's state changes: pure functions that return effects."""

from typing import NamedTuple

from msgspec import Struct, structs

from jupystra_tui import protocol
from jupystra_tui.frontend.own import OwnRequests
from jupystra_tui.frontend.state import State
from jupystra_tui.model import Cluster, Launch, Problem, SessionPhase


class ShowCluster(Struct, frozen=True):
    """Show another cluster, or none."""

    cluster: Cluster | None


class SelectJob(Struct, frozen=True):
    """Select the job of a launch that was started here, once it is listed."""

    job: str


class OpenBrowser(Struct, frozen=True):
    """Open the server of a launch that was started here."""

    tunnel: str


class ShowLaunchProblem(Struct, frozen=True):
    """A launch that was started here has failed."""

    problem: Problem


class AskAboutPending(Struct, frozen=True):
    """Ask what to do with a job that was pending for as many polls as the user allowed."""

    launch: Launch
    polls: int


class UpdatePrompts(Struct, frozen=True):
    """Open the dialog of the next prompt, or close one that no longer needs an answer."""


class NotifyReopened(Struct, frozen=True):
    """A new worker reopens the tunnels of the worker that ended."""

    tunnels: int


class OpenLogin(Struct, frozen=True):
    """There is no session to show: let the user log in."""


Effect = (
    ShowCluster
    | SelectJob
    | OpenBrowser
    | ShowLaunchProblem
    | AskAboutPending
    | UpdatePrompts
    | NotifyReopened
    | OpenLogin
)


class Reaction(NamedTuple):
    """What this front end follows from now on, and what it does now, in order."""

    own: OwnRequests
    effects: tuple[Effect, ...] = ()


def react(own: OwnRequests, shown: str, before: State, event: protocol.Event, after: State) -> Reaction:
    """Return the reaction to an event that led from `before` to `after`; `shown` is the name of the cluster shown."""
    match event:
        case protocol.SessionChanged(session) if not shown and session.phase is not SessionPhase.DOWN:
            return Reaction(own, (ShowCluster(session.cluster),))
        case protocol.SessionClosed(cluster) if cluster == shown:
            return Reaction(own, (ShowCluster(None),))
        case protocol.SnapshotTaken(snapshot):
            return _polled(
                own.observe(after, snapshot.cluster).forget_ended(snapshot), after, snapshot.cluster
            )
        case protocol.LaunchChanged(launch):
            return _launch(own, before.launches.get(launch.id), launch)
        case protocol.PromptAsked() | protocol.PromptGone():
            return Reaction(own, (UpdatePrompts(),))
    return Reaction(own)


def started(own: OwnRequests, launch: str, state: State) -> Reaction:
    """Return the reaction to a launch that was started here and that the worker may have reported already."""
    known = state.launches.get(launch)
    own = own.start(launch)
    return _launch(own, None, known) if known else Reaction(own)


def worker_lost(own: OwnRequests, before: State) -> Reaction:
    """Return the reaction to the end of a worker: its prompts no longer need answers."""
    return Reaction(own.worker_lost(before), (UpdatePrompts(),))


def synced(own: OwnRequests, shown: str, after: State) -> Reaction:
    """Return the reaction to a worker that has reported everything."""
    effects: list[Effect] = []
    tunnels = sum(tunnel.wanted for tunnel in after.tunnels)
    if own.lost_tunnels and tunnels:
        effects.append(NotifyReopened(tunnels))
    if not shown:
        effects.append(OpenLogin())
    return Reaction(structs.replace(own, lost_tunnels=0), tuple(effects))


def _polled(own: OwnRequests, after: State, cluster: str) -> Reaction:
    if own.asking:
        return Reaction(own)
    for count in own.launches.values():
        launch = after.launches.get(count.launch)
        if launch and launch.cluster == cluster and launch.waiting and count.reached:
            return Reaction(own.ask(launch.id), (AskAboutPending(launch, count.count),))
    return Reaction(own)


def _launch(own: OwnRequests, before: Launch | None, after: Launch) -> Reaction:
    if after.id not in own.launches:
        return Reaction(own)
    effects: list[Effect] = []
    if after.job and not (before and before.job):
        effects.append(SelectJob(after.job))
    if not after.over:
        return Reaction(own, tuple(effects))
    effects.append(ShowLaunchProblem(after.problem) if after.problem else OpenBrowser(after.tunnel))
    return Reaction(own.drop(after.id), tuple(effects))
