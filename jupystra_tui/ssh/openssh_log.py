"""What OpenSSH's own log (`LogLevel DEBUG1`) says about a login: the steps, the server, and refused channels."""

import re
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

from paramiko.ssh_exception import ChannelException

from jupystra_tui.ssh.host_keys import KnownKey
from jupystra_tui.ssh.public_key import fingerprint
from jupystra_tui.ssh.server_info import AcceptedMethod, AuthMethod, ServerInfo
from jupystra_tui.text import clean

DEBUG = re.compile("debug[123]: ")  # 2 and 3 only of the ssh to a jump host
_SOFTWARE = re.compile(r"debug1: Remote protocol version \S+, remote software version (.+)")
_HOST_KEY = re.compile(r"debug1: Server host (?:key|certificate): (\S+) (SHA256:[\w+/=]+).*")
_METHODS = re.compile(r"debug1: Authentications that can continue: (\S*)")
_OFFERED = re.compile(r"debug1: Offering public key: (.+?) \S+ SHA256:\S+.*")
_NEXT = re.compile(r"debug1: Next authentication method: (\S+)")
_PARTIAL = re.compile(r'Authenticated using "(\S+)" with partial success\.')
_ACCEPTED = re.compile(r'Authenticated to \S+ \(.*\) using "(\S+)"\.')
_KNOWN = re.compile(r"debug1: Host '.*' is known and matches the \S+ host (?:key|certificate)\.")
_DISCONNECT = re.compile(r"^Received disconnect from \S+ port \d+:\s?\d+: (.+)$", re.MULTILINE)
_ADDED = re.compile(r"Warning: Permanently added '(.*)' \(\S+\) to the list of known hosts\.")
_OPEN_FAILED = re.compile(r"channel \d+: open failed: (.+)")
REASONS = {
    "administratively prohibited": 1,
    "connect failed": 2,
    "unknown channel type": 3,
    "resource shortage": 4,
}
"""OpenSSH's words for the reason codes of RFC 4254, section 5.1."""
LABELS = {
    "keyboard-interactive": "the answer",
    "password": "the password",
    "gssapi-with-mic": "Kerberos ticket",
}
WAITS = {
    "keyboard-interactive": "waiting for the login node's questions",
    "gssapi-with-mic": "Kerberos ticket offered",
}


STEPS_LIMIT, LISTED = 200, 50  # what a server can add to the log has an end


class OpenSshLog:
    """Reads the log line by line; `report` is called with each step of the login.

    The ssh to a jump host, and the server's banner, write among it: the first host key is the login node's, or, with
    a jump host (`jump`), the one after the last version line. `known_as` is the login node's name in known_hosts.
    `disconnect_reason` is why the server ended the connection, empty if it gave no reason.
    `refusals` are those of channels that were not read yet; `offered` names the keys that were offered.
    """

    def __init__(self, report: Callable[[str], None], known_as: str = "", *, jump: bool = False) -> None:
        self.disconnect_reason = ""
        self.refusals: deque[ChannelException] = deque(maxlen=8)
        self._report_step = report
        self._steps = 0
        self._known_as = known_as
        self._jump = jump
        self._software = ""
        self._key_type = self._fingerprint = ""
        self._methods: tuple[str, ...] = ()
        self._accepted: list[AcceptedMethod] = []
        self._offered = "key"
        self.offered: list[str] = []

    def add(self, line: str) -> bool:
        """Take one clean line; returns whether it is part of the log, not a message for the user."""
        self.disconnect_reason = self.disconnect_reason or disconnect_reason(line)
        if refused := _OPEN_FAILED.fullmatch(line):
            self.refusals.append(_refusal(refused[1]))
        elif accepted := _PARTIAL.fullmatch(line) or _ACCEPTED.fullmatch(line):
            self._accept(accepted[1])
        elif added := _ADDED.fullmatch(line):
            return (
                added[1] == self._known_as
            )  # to our own file, from which it is saved only if the user wants that
        elif not DEBUG.match(line):
            return False
        else:
            self._read(line)
        return True

    @property
    def host_key(self) -> str:
        """The type and the fingerprint of the key that the server showed, empty before that."""
        return f"{self._key_type} {self._fingerprint}".strip()

    def server_info(self, known: Iterable[KnownKey], prompts: int) -> ServerInfo:
        """Return what the server showed; `known` are the keys of known_hosts, of which ssh has verified one."""
        key = next((key.blob for key in known if fingerprint(key.blob) == self._fingerprint), "")
        methods, accepted = self._methods, tuple(self._accepted)
        return ServerInfo(self._software, self._key_type, key, methods, accepted, prompts)

    def _read(self, line: str) -> None:
        if found := _SOFTWARE.fullmatch(line):
            self._begin(f"SSH-2.0-{found[1]}")
        elif found := _HOST_KEY.fullmatch(line):
            if not self._fingerprint:
                self._key_type, self._fingerprint = found[1], found[2]
        elif found := _METHODS.fullmatch(line):
            self._methods = self._methods or tuple(found[1].split(","))
        elif found := _OFFERED.fullmatch(line):
            self._offered = f"key {clean(Path(found[1]).name, 80)}"
            self.offered = [*self.offered, self._offered.removeprefix("key ")][:LISTED]
            self._report(f"{self._offered} offered")
        elif found := _NEXT.fullmatch(line):
            if step := WAITS.get(found[1]):
                self._report(step)
        elif _KNOWN.fullmatch(line):
            self._report("host key known")

    def _begin(self, software: str) -> None:
        """Forget what the ssh to a jump host said, if there is one: the login node's own comes after it."""
        if self._software and not self._jump:
            return
        self._software, self._key_type, self._fingerprint = software, "", ""
        self._methods, self._offered = (), "key"
        self._accepted, self.offered = [], []

    def _report(self, step: str) -> None:
        self._steps += 1
        if self._steps <= STEPS_LIMIT:
            self._report_step(step)

    def _accept(self, name: str) -> None:
        label = self._offered if name == "publickey" else LABELS.get(name, name)
        self._report(f"{label} accepted")
        if name in [method.value for method in AuthMethod] and len(self._accepted) < LISTED:
            self._accepted.append(AcceptedMethod(AuthMethod(name), label))


def disconnect_reason(text: str) -> str:
    """Return the server's reason for the end in ssh's messages, empty if it gave none."""
    found = _DISCONNECT.search(text)
    return found[1].strip() if found else ""


def _refusal(words: str) -> ChannelException:
    reason, _, text = words.partition(": ")
    return ChannelException(REASONS.get(reason, 2), f"{reason}: {text}" if text else reason)
