"""What OpenSSH runs to ask a question: hands it to the worker's socket, and prints the answer.

Started as `python -IS askpass_helper.py SOCKET KIND QUESTION` with a cookie on standard input; it imports as little as
it can. No answer is exit 1. When ssh ends it (a key was touched, the server hung up), the worker sees the line close.
Nothing is sent before it is known that the socket, and the process at its other end, are of our user.
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
    with socket.socket(socket.AF_UNIX) as line:
        try:
            check_owned(Path(path))
            line.connect(path)
            check_peer(line)
        except ForeignOwner as error:
            sys.stderr.write(f"jupystra: not asked: {error}\n")
            return 1
        line.sendall(
            "".join(f"{part}\0" for part in (cookie, kind, question)).encode(errors="surrogateescape")
        )
        answer = b"".join(iter(lambda: line.recv(4096), b""))
    if not answer.startswith(b"\x06"):  # ACK: an empty answer is one too, silence is none
        return 1
    sys.stdout.buffer.write(answer[1:] + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
