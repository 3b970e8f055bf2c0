"""A scheduler command on the practice cluster: sends its arguments to the site and prints the result.

Run as `python -IS standin.py SOCKET COMMAND ARGUMENTS…`; imports little, because it is started at every poll.
"""

import json
import os
import socket
import sys

NO_SITE = 69


def main(path: str, command: str, argv: list[str]) -> int:
    """Returns the exit code."""
    umask = os.umask(0o077)
    os.umask(umask)
    call = {
        "command": command,
        "argv": argv,
        "folder": os.getcwd(),
        "environment": dict(os.environ),
        "umask": umask,
    }
    with socket.socket(socket.AF_UNIX) as site:
        site.connect(path)
        answer = ask(site, call)
        if answer.get("send") == "stdin":
            script = sys.stdin.buffer.read().decode(errors="surrogateescape")
            answer = ask(site, {"stdin": script})
    for stream, text in ((sys.stdout, answer["stdout"]), (sys.stderr, answer["stderr"])):
        stream.buffer.write(text.encode(errors="surrogateescape"))
        stream.flush()
    return int(answer["code"])


def ask(site: socket.socket, message: dict[str, object]) -> dict[str, str]:
    """Send one line of JSON and read one; errors that come in between are printed immediately."""
    site.sendall(json.dumps(message).encode() + b"\n")
    with site.makefile("rb") as lines:
        for line in lines:
            answer: dict[str, str] = json.loads(line)
            if "print_error" not in answer:
                return answer
            sys.stderr.write(answer["print_error"])
            sys.stderr.flush()
    raise ConnectionError("the practice cluster has ended")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
    except OSError as error:
        print(f"{sys.argv[2]}: {error}", file=sys.stderr)
        sys.exit(NO_SITE)
