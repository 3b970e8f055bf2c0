"""Recognizes the questions of OpenSSH by anchored patterns: a server can imitate any text."""

import re
from pathlib import Path

from jupystra_tui.model import HostKey

_PASSPHRASE = re.compile(r"Enter passphrase for key '(.+)': ?")
_HOST_KEY = re.compile(
    r"The authenticity of host '(\S+) \([^'\n]*\)' can't be established\.?\n"
    r"(?:but keys of different type are already known for this host\.\n)?"
    r"(\S+) key fingerprint is:? (\S+?)\.?\n(?:.*\n)*"
    r"Are you sure you want to continue connecting \(yes/no(?:/\[fingerprint\])?\)\? ?"
)
_ASKER = re.compile(r"\(([^\s()@]+@[^\s()]+)\) |([^\s@']+@[^\s']+)'s password: ?$")
_PASSWORD = re.compile(r"(?:\([^()]*\) )?(?:[^\s@]+@\S+'s )?password(?: for [^\s:]+)?:? ?", re.IGNORECASE)
_NEW_PASSWORD = re.compile(
    r"(?:\([^()]*\) )?(?:[\w-]+ ){0,3}new (?:[\w-]+ ){0,2}password(?: again| \([^()]*\))?\s*:? ?",
    re.IGNORECASE,
)


def passphrase_of(text: str) -> Path | None:
    """Return the key file whose passphrase OpenSSH asks for, None for any other question.

    What a server asks comes from OpenSSH with `(user@host) ` before it, so it never matches.
    """
    match = _PASSPHRASE.fullmatch(text)
    return Path(match[1]) if match else None


def host_key_of(text: str) -> HostKey | None:
    """Return the key of a host that OpenSSH does not know and would save, None for any other question."""
    match = _HOST_KEY.fullmatch(text)
    return HostKey(match[1], match[2], match[3], once=False) if match else None


def asker_of(text: str) -> str:
    """Return the `user@host` that OpenSSH itself puts before a server's question, empty if there is none."""
    match = _ASKER.match(text)
    return (match[1] or match[2]) if match else ""


def is_password(text: str) -> bool:
    """Return whether a prompt asks for the password and nothing else."""
    return bool(_PASSWORD.fullmatch(text.strip() + " "))


def is_new_password(text: str) -> bool:
    """Return whether a prompt asks for a new password, at first or once more, as when the old one has expired."""
    last = text.strip().splitlines()[-1:] or [""]
    return bool(_NEW_PASSWORD.fullmatch(last[0]))
