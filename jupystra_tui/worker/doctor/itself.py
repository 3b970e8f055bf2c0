"""The worker: its version, and the permissions of its files and sockets."""

import platform
import stat
from collections.abc import Iterator
from pathlib import Path

from jupystra_tui import __version__
from jupystra_tui.model.finding import Finding, failed, passed
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.worker.doctor.contexts import LaptopContext

OTHERS = 0o077


async def worker(context: LaptopContext) -> Finding:
    """Are the worker's sockets and files accessible only to the user?"""
    open_to_others = [path for path in _private(context.folders) if _mode(path) & OTHERS]
    if open_to_others:
        return failed(
            f"other users can access {', '.join(map(str, open_to_others))}",
            f"Run: chmod go-rwx {' '.join(map(str, open_to_others))}",
        )
    return passed(
        f"jupystra-tui {__version__}, Python {platform.python_version()} on {platform.system()}; "
        "only you can access its folders and sockets"
    )


def _private(folders: Folders) -> Iterator[Path]:
    yield from (folders.runtime, folders.state)
    yield from (path for path in folders.runtime.iterdir() if stat.S_ISSOCK(_mode(path)))
    yield from (path for path in folders.state.glob("key-*") if path.suffix != ".pub")


def _mode(path: Path) -> int:
    try:
        return path.lstat().st_mode
    except FileNotFoundError:
        return 0  # it was removed in the meantime
