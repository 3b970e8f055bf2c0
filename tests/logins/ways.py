"""The ways of logging in that are recorded in a terminal: who, with which keys, and what is typed into each dialog."""

from typing import NamedTuple

from ..cluster.nodes import LAN, LOGIN
from .keys import PASSPHRASE, SIGNED
from .people import CODES, OTHER_PASSWORD, PASSWORD
from .servers import BASTION

Step = tuple[str, str]
"""Words of a dialog, and what is typed into it, enter included."""
COPY_AND_CUT = "\x1b[1;2H\x03\x18"
IN, OUT = "No jobs in the queue", "enter  logs in again"
INSIDE = (
    "Host inside",
    f"  HostName {LAN[LOGIN]}",
    f"  HostKeyAlias {LOGIN}",
    "  ProxyJump bastion",
    "Host *",
)


class Way(NamedTuple):
    """`user` logs in to `host`; the screen comes to show `ends`.

    lines: of the ssh configuration, `{keys}` is the folder of the laptop's keys. agent: the keys that it holds.
    known: the node whose key known_hosts has for the login node, where that is not its own. flags: of the command line.
    """

    user: str
    steps: tuple[Step, ...] = ()
    lines: tuple[str, ...] = ()
    host: str = "hpc"
    agent: tuple[str, ...] = ()
    known: str | None = LOGIN
    flags: tuple[str, ...] = ()
    ends: str = IN


ASKED = ("Password", f"{PASSWORD}\r")
CODE = ("Verification code", f"{CODES[0]}\r")
PUSH = ("option (1-2)", "1\r")
PLAIN_KEY = ("IdentityFile {keys}/ed25519",)
TO_BASTION = ("guarded@10.91.", f"{PASSWORD}\r")

WAYS = {
    "key": Way("key", lines=PLAIN_KEY),
    "passphrase": Way(
        "key", (("Passphrase for the key", f"{PASSPHRASE}\r"),), ("IdentityFile {keys}/ed25519-locked",)
    ),
    "agent": Way("key", agent=("ed25519",)),
    "certificate": Way("certified", lines=(f"IdentityFile {{keys}}/{SIGNED}",)),
    "password": Way("password", (ASKED,)),
    "password that one tries to copy": Way("password", (("Password", f"{PASSWORD}{COPY_AND_CUT}\r"),)),
    "password of -P": Way("password", flags=("-P", PASSWORD)),
    "wrong at first": Way("interactive", (("Password", "Wr0ng-badger\r"), ("not accepted", f"{PASSWORD}\r"))),
    "wrong three times": Way(
        "interactive",
        (("Password", "Wr0ng-badger\r"), *(("not accepted", f"{OTHER_PASSWORD}\r"),) * 2),
        ends=OUT,
    ),
    "password and code": Way("code", (ASKED, CODE)),
    "code before the password": Way("codefirst", (CODE, ASKED)),
    "code after the password": Way("appended", (("Password + OTP", f"{PASSWORD}{CODES[0]}\r"),)),
    "password and Duo": Way("menu", (ASKED, PUSH)),
    "key and Duo": Way("keymenu", (PUSH,), PLAIN_KEY),
    "bastion with a code": Way(
        "guarded", (TO_BASTION, CODE, ("guarded@inside asks", f"{OTHER_PASSWORD}\r")), INSIDE, "inside"
    ),
    "unknown host": Way("password", (("Is this the right host?", "t\r"), ASKED), known=None),
    "changed host key": Way("password", known=BASTION, ends="this may not be the real"),
}

NODES = {
    "node with a password": Way("nodepassword", lines=PLAIN_KEY, ends="0 running"),
    "node with a code": Way("nodecode", (ASKED,), ends="0 running"),
}
"""Ways in whose compute node asks too."""
