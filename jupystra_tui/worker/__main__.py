"""`python -m jupystra_tui.worker`: the one worker of this person on this laptop."""

import asyncio
import fcntl
import logging
import os
import signal
import sys
from pathlib import Path

from jupystra_tui import dumps, paths
from jupystra_tui.errors import JupystraError

SOCKET = "worker.sock"


def main() -> int:
    """Serve until nobody needs it; at once return 0 if another worker does already."""
    os.umask(0o077)
    dumps.forbid()
    try:
        runtime = paths.runtime_folder()
        state = paths.state_folder()
    except JupystraError as error:
        sys.stderr.write(f"{error.title}\n{error.hint}\n")
        return 1
    lock = os.open(runtime / "worker.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return 0
    os.truncate(lock, 0)
    os.write(lock, f"{os.getpid()}\n".encode())
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    _sweep(runtime, state)
    asyncio.run(_serve(runtime, state))
    return 0


async def _serve(runtime: Path, state: Path) -> None:
    from jupystra_tui.ssh.folders import Folders
    from jupystra_tui.worker.requests import Office  # paramiko's import: not before the lock is ours
    from jupystra_tui.worker.server import Server

    office = Office(Folders(runtime, state))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, office.stopping.set)
    await Server(runtime / SOCKET, office).run()


def _sweep(runtime: Path, state: Path) -> None:
    """Remove the sockets that a killed worker left behind, and what was trusted only as long as it lived."""
    for stale in (*runtime.glob("[abc]-*"), runtime / "known_hosts.once", *state.glob("askpass-*")):
        stale.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
