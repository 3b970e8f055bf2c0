"""`python -m jupystra_tui.worker`: the one worker of this person on this laptop."""

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from jupystra_tui import __version__, dumps, paths
from jupystra_tui.errors import JupystraError
from jupystra_tui.worker.worker_lock import WorkerLock
from jupystra_tui.worker.worker_log import start_logging

SOCKET = "worker.sock"

log = logging.getLogger("jupystra_tui.worker")


def main() -> int:
    """Serve until it is no longer needed; return 0 immediately if another worker already does."""
    os.umask(0o077)
    dumps.forbid()
    try:
        runtime = paths.runtime_folder()
        lock = WorkerLock(runtime / "worker.lock")
        alone = lock.acquire()
    except JupystraError as error:
        sys.stderr.write(f"{error.title}\n{error.hint}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{runtime} cannot be written: {error.strerror}\n")
        return 1
    if not alone:
        sys.stderr.write(f"Not started: another worker (pid {lock.holder}) has {runtime / 'worker.lock'}\n")
        return 0
    start_logging(runtime / "worker.log")
    log.info("the worker starts: version %s, pid %d", __version__, os.getpid())
    for refused in paths.worker_folders()[1]:
        log.warning("not used: %s", refused)
    try:
        state, note = _state_folder(runtime)
        _sweep(runtime, state)
        why = asyncio.run(_serve(runtime, state, note, lock))
    except BaseException:
        log.critical("the worker ends: internal error", exc_info=True)
        return 1
    log.info("the worker ends: %s", why)
    return 0


def _state_folder(runtime: Path) -> tuple[Path, str]:
    """Return the folder for what is kept, and a note where that can only be kept as long as the worker lives."""
    try:
        return paths.state_folder(), ""
    except JupystraError as error:
        note = f"{error.title}: new host keys and ports are kept for this session only"
        log.warning("%s", note)
        return paths.private(runtime / "state"), note


async def _serve(runtime: Path, state: Path, note: str, lock: WorkerLock) -> str:
    from jupystra_tui.ssh.folders import Folders
    from jupystra_tui.worker.dispatcher import Dispatcher  # paramiko's import: not before the lock is ours
    from jupystra_tui.worker.server import Server

    dispatcher = Dispatcher(Folders(runtime, state, note))
    server = Server(runtime / SOCKET, dispatcher, lock)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop, f"signal {number.name}")
    dispatcher.restore()
    return await server.run()


def _sweep(runtime: Path, state: Path) -> None:
    """Remove the sockets that a killed worker left behind, and what was trusted only as long as it lived."""
    names = ("[abcfp]-*", "askpass-*", "known_hosts.once")
    for stale in (*(file for name in names for file in runtime.glob(name)), *state.glob("askpass-*")):
        stale.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
