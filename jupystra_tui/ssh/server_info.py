"""A login node as it shows itself, to whoever calls and at a login."""

from enum import Enum

from msgspec import Struct


class AuthMethod(Enum):
    """How a login was authenticated."""

    KEY = "key"
    ANSWER = "answer"
    PASSWORD = "password"


class ServerInfo(Struct, frozen=True):
    """What a login node shows: its software as it greets, and its key as type and base64.

    `ways` are the methods of logging in that it offers at first, empty where they were not asked for. `taken` are
    those that were accepted, in words, after `questions` to the user; `methods` are their kinds.
    """

    software: str
    key_type: str
    key: str
    ways: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    questions: int = 0
    methods: frozenset[AuthMethod] = frozenset()
