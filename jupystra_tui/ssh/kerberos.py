"""The user's Kerberos ticket, as `klist` has it."""

import subprocess
from enum import Enum

SECONDS = 5.0


class Ticket(Enum):
    """Whether there is a Kerberos ticket."""

    NONE = "none"
    EXPIRED = "expired"
    VALID = "valid"


def ticket() -> Ticket:
    """Return whether there is a ticket for a login; blocking. Without `klist` there is none."""
    if _klist("-s"):
        return Ticket.VALID
    return Ticket.EXPIRED if _klist() else Ticket.NONE


def _klist(*words: str) -> bool:
    """Return whether `klist` succeeds: with `-s` for a valid ticket only, without it for any."""
    try:
        done = subprocess.run(
            ["klist", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
