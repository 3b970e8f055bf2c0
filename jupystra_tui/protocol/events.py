"""What the worker sends to every front end without a request."""

from msgspec import Struct

from jupystra_tui.model import Launch, Prompt, Session, Snapshot, Tunnel


class SessionChanged(Struct, frozen=True, tag=True):
    """A session began, or changed."""

    session: Session


class SessionClosed(Struct, frozen=True, tag=True):
    """A session ended."""

    cluster: str


class SnapshotTaken(Struct, frozen=True, tag=True):
    """A poll of the queue ended."""

    snapshot: Snapshot


class TunnelsChanged(Struct, frozen=True, tag=True):
    """All current tunnels."""

    tunnels: tuple[Tunnel, ...]


class LaunchChanged(Struct, frozen=True, tag=True):
    """A launch changed."""

    launch: Launch


class PromptAsked(Struct, frozen=True, tag=True):
    """The user is prompted."""

    prompt: Prompt


class PromptGone(Struct, frozen=True, tag=True):
    """A prompt no longer needs an answer."""

    prompt: str


Event = (
    SessionChanged | SessionClosed | SnapshotTaken | TunnelsChanged | LaunchChanged | PromptAsked | PromptGone
)
