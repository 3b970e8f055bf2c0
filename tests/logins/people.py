"""The users of the servers: each is one way of logging in."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from ..cluster.users import User

PASSWORD = "Gr8-hedgehog"
OTHER_PASSWORD = "Sl0w-badger"
CODES = ("314159", "271828", "161803", "141421")
GRACE = 3  # seconds until the login node's hasty server gives up

PLAIN = f"password {PASSWORD}\nask off {PASSWORD} Password: \n"
MENU = (
    "insist on 1 Duo two-factor login for you\\n\\nEnter a passcode or select one of the following options:\\n\\n"
    " 1. Duo Push to XXX-XXX-1234\\n 2. Phone call to XXX-XXX-1234\\n\\nPasscode or option (1-2): \n"
    "info Pushed a login request to your device...\nwait 0.3\ninfo Success. Logging you in...\n"
)
CODE = f"code off {','.join(CODES)} Verification code: \n"
APPENDED = f"code off {','.join(PASSWORD + code for code in CODES)} Password + OTP: \n"
IMITATION = (
    "info \\e]0;owned\\a\\e]52;c;b3duZWQ=\\a\\e[2J\\e[HYour key needs you\n"
    "ask off never \\e[1;31mEnter passphrase for key '/home/ada/.ssh/id_ed25519': \\e[8m\n"
)
ART = "info  _  ___\\n| ||_  |\\n|_|  |_|  \nask on 47 Type the number above: \n"
EXPIRED = "Your account has expired; please contact your system administrator."
SHUT = f"shut {EXPIRED}\n"
NEW_PASSWORD = "N3w-hedgehog"
MAINTENANCE = "Closed for maintenance until Friday"
NO_JOB = "shut Access denied: user has no active jobs on this node.\n"


@dataclass(frozen=True)
class Way:
    """How one server lets a user in: AuthenticationMethods, what PAM asks, further lines of its configuration."""

    methods: str = "publickey"
    story: str = ""
    options: tuple[str, ...] = ()


KEY = Way()
KERBEROS = Way("gssapi-with-mic", "", ("GSSAPIAuthentication yes",))
BY_PASSWORD = Way("password", PLAIN)


@dataclass(frozen=True)
class Person(User):
    """A user; `authorized` says whether the laptop's keys are in ~/.ssh/authorized_keys."""

    login: Way = KEY
    node: Way = KEY
    bastion: Way = KEY
    authorized: bool = True


def _interactive(story: str, node: Way = KEY, *options: str) -> dict[str, Way]:
    return {"login": Way("keyboard-interactive", story, options), "node": node}


WAYS: dict[str, dict[str, Any]] = {
    "key": {},
    "certified": {},
    "password": {"login": BY_PASSWORD, "node": BY_PASSWORD},
    "interactive": _interactive(PLAIN),
    "either": {"login": Way("keyboard-interactive password", PLAIN)},
    "anyway": {"login": Way("publickey password keyboard-interactive", PLAIN)},
    "menu": _interactive(PLAIN + MENU, BY_PASSWORD),
    "push": _interactive(PLAIN + "info Pushed a login request to your device...\nwait 0.3\n"),
    "code": _interactive(PLAIN + CODE, BY_PASSWORD),
    "codefirst": _interactive(f"password {PASSWORD}\n{CODE}{PLAIN}"),
    "appended": _interactive(f"password {PASSWORD}\n{APPENDED}"),
    "appendedpw": {"login": Way("password", APPENDED)},
    "keymenu": {"login": Way("publickey,keyboard-interactive", f"password {PASSWORD}\n{MENU}")},
    "keypassword": {"login": Way("publickey,password", PLAIN)},
    "passwordcode": {"login": Way("password,keyboard-interactive", f"{PLAIN}then\n{CODE}")},
    "echo": _interactive("ask on blue Favourite colour: \nask off green Another: \n"),
    "captcha": _interactive(ART + PLAIN),
    "imitation": _interactive(f"password {PASSWORD}\n{IMITATION}"),
    "flood": _interactive(PLAIN, KEY, "Banner /etc/ssh/flood"),
    "strict": _interactive(PLAIN, KEY, "MaxAuthTries 2"),
    "expired": {"login": Way(story=SHUT)},
    "expiredpw": {"login": Way("password", PLAIN + SHUT)},
    "expiredkbd": _interactive(PLAIN + SHUT),
    "changing": _interactive(f"{PLAIN}change {PASSWORD} {NEW_PASSWORD}\n"),
    "changingpw": {"login": Way("password", f"{PLAIN}change {PASSWORD} {NEW_PASSWORD}\n")},
    "forced": {"login": Way(options=(f"ForceCommand echo '{MAINTENANCE}' >&2; exit 3",))},
    "menuonly": {"login": Way(options=("ForceCommand echo 'Choose a service:'; exec sleep 60",))},
    "nologin": {"shell": "/usr/sbin/nologin"},
    "noshell": {"shell": "/bin/false"},
    "nothing": {"login": Way("hostbased", "", ("HostbasedAuthentication yes",))},
    "kerberos": {"login": KERBEROS, "node": KERBEROS},
    "kerberos2": {"login": KERBEROS},
    "single": {"login": Way(options=("MaxSessions 1",))},
    "noforward": {"login": Way(options=("AllowTcpForwarding no",))},
    "nodepassword": {"node": BY_PASSWORD},
    "otherpassword": {"login": BY_PASSWORD, "node": Way("password", PLAIN.replace(PASSWORD, OTHER_PASSWORD))},
    "nodeshut": {"node": Way(story=NO_JOB)},
    "nodecode": _interactive(PLAIN, Way("keyboard-interactive", PLAIN + CODE)),
    "either_way": {  # the bastion and the nodes ask for the password by two methods
        "bastion": Way("keyboard-interactive password", PLAIN),
        "node": Way("keyboard-interactive password", PLAIN),
    },
    "pushed": {
        "bastion": Way(
            "keyboard-interactive",
            PLAIN + "info Pushed a login request to your device...\ninfo Success. Logging you in...\n",
            ("Banner /etc/issue.net",),
        ),
        "login": Way("password", PLAIN.replace(PASSWORD, OTHER_PASSWORD)),
    },
    "expiredgate": {"bastion": Way(story=SHUT)},
    "guarded": {
        "bastion": Way("keyboard-interactive", PLAIN + CODE),
        "login": Way("password", PLAIN.replace(PASSWORD, OTHER_PASSWORD)),
    },
}


def everybody() -> list[Person]:
    """All users, in the order of `WAYS`."""
    numbers = count(47101)
    return [
        Person(name, next(numbers), **{"shell": "/bin/bash", **ways}, authorized=name != "certified")
        for name, ways in WAYS.items()
    ]
