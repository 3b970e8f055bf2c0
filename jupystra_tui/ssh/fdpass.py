"""The program that OpenSSH runs as its ProxyCommand: connects to the worker's socket and passes the descriptor on.

Started as `python -IS fdpass.py SOCKET`, so it imports as little as it can. It first verifies that socket and
worker belong to the same user.
"""

import socket
import sys
from pathlib import Path


def main() -> int:
    """Connect to the socket named on the command line and pass it to ssh on standard output (SCM_RIGHTS)."""
    sys.path.append(str(Path(__file__).parents[2]))  # this package, and only after the standard library
    from jupystra_tui.ownership import ForeignOwner, check_owned, check_peer

    worker = socket.socket(socket.AF_UNIX)
    try:
        check_owned(Path(sys.argv[1]))
        worker.connect(sys.argv[1])
        check_peer(worker)
    except ForeignOwner as error:
        sys.stderr.write(f"jupystra: not connected: {error}\n")
        return 1
    with socket.socket(fileno=1) as ssh:
        socket.send_fds(ssh, [b"\0"], [worker.fileno()])
    return 0


if __name__ == "__main__":
    sys.exit(main())
