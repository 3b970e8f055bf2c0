"""The folders for the files of this package on the laptop."""

from pathlib import Path

from msgspec import Struct


class Folders(Struct, frozen=True):
    """Two 0700 folders: `runtime`, with a short path, for sockets; `state` for kept files and the askpass program.

    `note` says what is not kept, and why, if the state folder is only a temporary one.
    """

    runtime: Path
    state: Path
    note: str = ""
