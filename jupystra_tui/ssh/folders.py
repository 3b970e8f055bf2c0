"""Where this room keeps its files on the laptop."""

from pathlib import Path

from msgspec import Struct


class Folders(Struct, frozen=True):
    """Two 0700 folders: `runtime`, with a short path, for sockets; `state` for what is kept, and for programs."""

    runtime: Path
    state: Path
