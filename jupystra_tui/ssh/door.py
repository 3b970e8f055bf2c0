"""A login node as it shows itself, to whoever calls and at a login."""

from msgspec import Struct


class Door(Struct, frozen=True):
    """What a login node shows: its software as it greets, and its key as type and base64.

    `ways` are the methods of logging in that it offers at first, empty where they were not asked for. `taken` are
    those that let us in, after `questions` to the person.
    """

    software: str
    key_type: str
    key: str
    ways: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    questions: int = 0
