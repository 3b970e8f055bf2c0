"""What the worker tells every front end, unasked."""

from msgspec import Struct

from jupystra_tui.model import Launch, Prompt, Session, Snapshot, Tunnel


class SessionChanged(Struct, frozen=True, tag=True):
    """A session came, or changed."""

    session: Session


class SessionClosed(Struct, frozen=True, tag=True):
    """A session is gone."""

    cluster: str


class SnapshotTaken(Struct, frozen=True, tag=True):
    """A look at the queue came back."""

    snapshot: Snapshot


class TunnelsChanged(Struct, frozen=True, tag=True):
    """All tunnels there are now."""

    tunnels: tuple[Tunnel, ...]


class LaunchChanged(Struct, frozen=True, tag=True):
    """A launch moved on."""

    launch: Launch


class PromptAsked(Struct, frozen=True, tag=True):
    """A person must answer."""

    prompt: Prompt


class PromptGone(Struct, frozen=True, tag=True):
    """A question needs no answer any more."""

    prompt: str


Event = (
    SessionChanged | SessionClosed | SnapshotTaken | TunnelsChanged | LaunchChanged | PromptAsked | PromptGone
)
