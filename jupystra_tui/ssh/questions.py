"""What a question is about, told by anchored patterns: a server may imitate any text, so nothing looser will do."""

import re
from pathlib import Path

_PASSPHRASE = re.compile(r"Enter passphrase for key '(.+)': ?")
_ASKER = re.compile(r"\(([^\s()@]+@[^\s()]+)\) |([^\s@']+@[^\s']+)'s password: ?$")
_PASSWORD = re.compile(r"(?:\([^()]*\) )?(?:[^\s@]+@\S+'s )?password(?: for [^\s:]+)?:? ?", re.IGNORECASE)


def passphrase_of(text: str) -> Path | None:
    """Return the key file whose passphrase OpenSSH asks for, None for any other question.

    What a server asks comes from OpenSSH with `(user@host) ` before it, so it never matches.
    """
    match = _PASSPHRASE.fullmatch(text)
    return Path(match[1]) if match else None


def asker_of(text: str) -> str:
    """Return the `user@host` that OpenSSH itself puts before a server's question, empty where it names nobody."""
    match = _ASKER.match(text)
    return (match[1] or match[2]) if match else ""


def is_password(text: str) -> bool:
    """Return whether a prompt plainly asks for the password, and nothing else."""
    return bool(_PASSWORD.fullmatch(text.strip() + " "))
