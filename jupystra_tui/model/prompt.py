"""Questions that only a person can answer."""

from enum import Enum

from msgspec import Struct


class PromptKind(Enum):
    """What sort of answer is wanted."""

    TEXT = "text"
    HOST_KEY = "host key"
    NOTE = "note"


class HostKey(Struct, frozen=True):
    """A key that a host showed: its name, the key's type and `SHA256:…`; `published` if the site's preset has it."""

    host: str
    type: str
    fingerprint: str
    published: bool = False


class Prompt(Struct, frozen=True):
    """A question; `asker` names who asks (`alice@o2`), `notes` is what it said before, `text` the question itself.

    An answer to TEXT is what the person typed; to HOST_KEY one of `no`, `once`, `trust`. A NOTE
    (touch your key) wants none: it goes by itself, or the person gives up. `keep` is what keeping the
    answer for the session would spare, `offer` an answer that need not be typed; empty where there is no such choice.
    `cluster` is the one that the login or tunnel belongs to.
    """

    id: str
    kind: PromptKind
    asker: str
    text: str
    notes: str = ""
    echo: bool = False
    host_key: HostKey | None = None
    keep: str = ""
    offer: str = ""
    cluster: str = ""
