"""A password given with -P: taken out of what `ps` shows before anything else is done."""

import contextlib
import os
import sys
from typing import NoReturn

from jupystra_tui.text import Secret

WARNING = (
    "jupystra-tui: -P shows the password to everybody on this machine for a moment; use -P - or let it ask\n"
)
LIMIT = 1024  # bytes, as OpenSSH; every pipe holds them
USAGE = 2


def conceal(words: list[str], module: str = "jupystra_tui") -> None:
    """Start `python -m module` again without the password among `words`, passing it in a pipe.

    Returns if there is none; ends the program for one that cannot be used.
    """
    for number, word in enumerate(words):
        if word in ("-P", "--password") and number + 1 < len(words):
            _restart(words[:number] + words[number + 2 :], words[number + 1], module)
        elif word.startswith("--password="):
            _restart(words[:number] + words[number + 1 :], word.partition("=")[2], module)
        elif word.startswith("-P") and len(word) > 2:
            _restart(words[:number] + words[number + 1 :], word[2:], module)


def received(descriptor: int) -> Secret | None:
    """Return the password that was passed, None for a negative descriptor."""
    if descriptor < 0:
        return None
    with os.fdopen(descriptor, "rb") as pipe:
        return Secret(pipe.read().decode())


def _restart(words: list[str], flag: str, module: str) -> NoReturn:
    password = os.fsencode(flag)
    if password == b"-":
        password = _read_unseen()
        with contextlib.suppress(OSError):
            os.dup2(os.open("/dev/tty", os.O_RDWR), 0)
    else:
        sys.stderr.write(WARNING)
        sys.stderr.flush()
    _see_that_it_can_be_sent(password)
    reading, writing = os.pipe()
    os.write(writing, password)
    os.close(writing)
    os.set_inheritable(reading, True)
    os.execv(sys.executable, [sys.executable, "-m", module, *words, f"--password-fd={reading}"])


def _read_unseen() -> bytes:
    """Return the first line of standard input; a terminal does not show it while it is typed."""
    if sys.stdin.isatty():
        from getpass import getpass  # seldom wanted, and slow to import

        with contextlib.suppress(EOFError):
            return os.fsencode(getpass("password: "))
    return sys.stdin.buffer.readline().rstrip(b"\n")


def _see_that_it_can_be_sent(password: bytes) -> None:
    fault = f"longer than {LIMIT} bytes" if len(password) > LIMIT else ""
    try:
        password.decode()
    except UnicodeDecodeError:
        fault = "not UTF-8"
    if fault:
        sys.stderr.write(f"jupystra-tui: the password of -P is {fault}; leave -P away and let it ask\n")
        raise SystemExit(USAGE)
