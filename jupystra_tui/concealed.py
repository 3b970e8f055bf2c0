"""A password given with -P: taken out of what `ps` shows before anything else is done."""

import contextlib
import os
import sys
from typing import NoReturn

from jupystra_tui.text import Secret

WARNING = (
    "jupystra-tui: -P shows the password to everybody on this machine for a moment; use -P - or let it ask\n"
)


def conceal(words: list[str], module: str = "jupystra_tui") -> None:
    """Start `python -m module` anew without the password among `words`, handing it over in a pipe.

    Returns if there is none.
    """
    for number, word in enumerate(words):
        if word in ("-P", "--password") and number + 1 < len(words):
            _start_anew(words[:number] + words[number + 2 :], words[number + 1], module)
        elif word.startswith("--password="):
            _start_anew(words[:number] + words[number + 1 :], word.partition("=")[2], module)
        elif word.startswith("-P") and len(word) > 2:
            _start_anew(words[:number] + words[number + 1 :], word[2:], module)


def received(descriptor: int) -> Secret | None:
    """Return the password that was handed over, None for a negative descriptor."""
    if descriptor < 0:
        return None
    with os.fdopen(descriptor, "rb") as pipe:
        return Secret(pipe.read().decode(errors="surrogateescape"))


def _start_anew(words: list[str], password: str, module: str) -> NoReturn:
    if password == "-":
        password = sys.stdin.readline().rstrip("\n")
        with contextlib.suppress(OSError):
            os.dup2(os.open("/dev/tty", os.O_RDWR), 0)
    else:
        sys.stderr.write(WARNING)
        sys.stderr.flush()
    reading, writing = os.pipe()
    os.write(writing, password.encode(errors="surrogateescape"))
    os.close(writing)
    os.set_inheritable(reading, True)
    os.execv(sys.executable, [sys.executable, "-m", module, *words, f"--password-fd={reading}"])
