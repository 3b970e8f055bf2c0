"""Questions that only the user can answer."""

from enum import Enum

from msgspec import Struct


class PromptKind(Enum):
    """What sort of answer is wanted."""

    TEXT = "text"
    HOST_KEY = "host key"
    NOTE = "note"


class HostKey(Struct, frozen=True):
    """A key that a host showed: its name, the key's type and `SHA256:…`; `published` if the site's preset has it.

    `once` is whether it can be trusted without being kept. `replaces` are type and fingerprint of the key that the host
    had before, where its login node confirms the new one; empty for a host that was not known.
    """

    host: str
    type: str
    fingerprint: str
    published: bool = False
    once: bool = True
    replaces: str = ""


class Prompt(Struct, frozen=True):
    """A question; `asker` names who asks (`alice@o2`), `notes` is what it said before, `text` the question itself.

    An answer to TEXT is what the user typed; to HOST_KEY one of `no`, `once`, `trust`. A NOTE
    (touch your key) wants none: it goes by itself, or the user gives up. `keep` is where the answer could be kept,
    `offer` an answer that need not be typed: once, or whenever it is asked for; empty where there is no such choice.
    `held` says how long the answer is held without a choice. `cluster` is the one that the login or tunnel belongs to.
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
    held: str = ""
    cluster: str = ""
