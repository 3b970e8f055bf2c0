"""The program that OpenSSH runs to prompt the user: sends the question to the worker and prints the answer.

Started as `python -IS askpass_helper.py SOCKET KIND QUESTION` with a cookie on standard input; it imports as little as
it can. Without an answer it exits with 1. When ssh ends it (a key was touched, the server closed the connection), the
worker sees the socket close. It first verifies that socket and worker belong to the same user.
"""

import socket
import sys
from pathlib import Path


def main() -> int:
    """Ask and print; returns the exit status."""
    sys.path.append(str(Path(__file__).parents[2]))  # this package, and only after the standard library
    from jupystra_tui.ownership import ForeignOwner, check_owned, check_peer

    path, kind, question = sys.argv[1:4]
    cookie = sys.stdin.readline().strip()
    with socket.socket(socket.AF_UNIX) as worker:
        try:
            check_owned(Path(path))
            worker.connect(path)
            check_peer(worker)
        except ForeignOwner as error:
            sys.stderr.write(f"jupystra: not asked: {error}\n")
            return 1
        worker.sendall(
            "".join(f"{part}\0" for part in (cookie, kind, question)).encode(errors="surrogateescape")
        )
        answer = b"".join(iter(lambda: worker.recv(4096), b""))
    if not answer.startswith(b"\x06"):  # ACK, which an empty answer has too
        return 1
    sys.stdout.buffer.write(answer[1:] + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
