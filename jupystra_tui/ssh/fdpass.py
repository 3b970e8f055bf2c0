"""The helper that OpenSSH runs as its ProxyCommand: connects to the worker's socket and hands the descriptor over.

Started as `python -IS fdpass.py SOCKET`, so it imports as little as it can.
"""

import socket
import sys


def main() -> None:
    """Connect to the socket named on the command line and pass it to ssh on standard output (SCM_RIGHTS)."""
    bridge = socket.socket(socket.AF_UNIX)
    bridge.connect(sys.argv[1])
    with socket.socket(fileno=1) as ssh:
        socket.send_fds(ssh, [b"\0"], [bridge.fileno()])


if __name__ == "__main__":
    main()
