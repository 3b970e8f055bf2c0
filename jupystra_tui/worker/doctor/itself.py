"""The worker itself: its version, and whether what it keeps is its owner's alone."""

import platform
import stat
from collections.abc import Iterator
from pathlib import Path

from jupystra_tui import __version__
from jupystra_tui.model.finding import Finding, broken, fine
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.worker.doctor.contexts import LaptopContext

OTHERS = 0o077


async def worker(context: LaptopContext) -> Finding:
    """Can nobody else reach the worker's sockets, or read what it keeps?"""
    open_to_others = [path for path in _private(context.folders) if _mode(path) & OTHERS]
    if open_to_others:
        return broken(
            f"others may reach {', '.join(map(str, open_to_others))}",
            f"Run: chmod go-rwx {' '.join(map(str, open_to_others))}",
        )
    return fine(
        f"jupystra-tui {__version__}, Python {platform.python_version()} on {platform.system()}; "
        "its folders and sockets are yours alone"
    )


def _private(folders: Folders) -> Iterator[Path]:
    yield from (folders.runtime, folders.state)
    yield from (path for path in folders.runtime.iterdir() if stat.S_ISSOCK(_mode(path)))
    yield from (path for path in folders.state.glob("key-*") if path.suffix != ".pub")


def _mode(path: Path) -> int:
    try:
        return path.lstat().st_mode
    except FileNotFoundError:
        return 0  # it went just now
