"""Where this room keeps its files on the laptop."""

from pathlib import Path

from msgspec import Struct


class Folders(Struct, frozen=True):
    """Two 0700 folders: `runtime`, with a short path, for sockets; `state` for what is kept, and for programs.

    `note` says what is not kept, and why, where the state folder is only a makeshift.
    """

    runtime: Path
    state: Path
    note: str = ""
