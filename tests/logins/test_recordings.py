"""Every way of logging in, in a terminal that records each byte: nothing outside our frames, and no secret at all."""

import os
import re
import signal
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from jupystra_tui.frontend.concealed import WARNING

from ..cluster.nodes import LOGIN
from ..front_end import worker_pid
from ..terminal.terminal import Terminal
from . import agents
from .conftest import At
from .leaks import SECRETS, on_show
from .people import CODES, PASSWORD
from .site import LoginSite
from .ways import ASKED, CODE, IN, NODES, OUT, WAYS, Step, Way

ENTER_SCREEN, LEAVE_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"
ESCAPE = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[=>]")
OTHERS = (
    b"Traceback (most",
    b"paramiko",
    b"'s password:",
    b"Enter passphrase for",
    b"(yes/no",
    b"Permission denied (",
    b"Authenticated to",
)
WARNED = WARNING.replace("\n", "\r\n").encode()


@pytest.fixture
def opened(
    slurm: LoginSite, at: At, laptop: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Way], Terminal]]:
    """Open the dashboard on a way of logging in; it is closed at the end."""
    with ExitStack() as ends:

        def make(way: Way) -> Terminal:
            lines = (line.format(keys=slurm.keys) for line in way.lines)
            cluster = at(way.user, *lines, host=way.host)
            if way.known != LOGIN:
                known = f"{slurm.address(LOGIN)} {slurm.host_key(way.known)}\n" if way.known else ""
                (laptop / "known_hosts").write_text(known)
            if way.agent:
                held = (slurm.keys / name for name in way.agent)
                monkeypatch.setenv("SSH_AUTH_SOCK", ends.enter_context(agents.agent(laptop, *held)))
            terminal = Terminal(*way.flags, "-F", cluster.ssh_config, way.host, columns=100, rows=30)
            return ends.enter_context(terminal)

        yield make


def framed(screen: str) -> bool:
    """Whether everything but the top line and the line of keys stands in the frame of the jobs."""
    *_, keys = lines = screen.rstrip().splitlines()
    return "Quit" in keys and all(line[0] in "╭│╰" and line[-1] in "╮│╯" for line in lines[1:-1])


def outside(recording: bytes) -> bytes:
    """What was written before the dashboard took the screen and after it left it, without escapes."""
    before, _, rest = recording.partition(ENTER_SCREEN)
    _, _, after = rest.rpartition(LEAVE_SCREEN)
    return ESCAPE.sub(b"", before + after)


def answer(dashboard: Terminal, steps: tuple[Step, ...]) -> None:
    """Give each answer to its dialog."""
    for words, typed in steps:
        screen = dashboard.asks(words, seconds=40)
        assert framed(screen), screen
        dashboard.press(typed)


def leave(dashboard: Terminal) -> bytes:
    """Quit, and return all that was ever written."""
    dashboard.press("q")
    assert dashboard.ends() == 0
    return bytes(dashboard.recording)


def in_base64(secret: str) -> Iterator[bytes]:
    """What base64 makes of a secret, wherever in a longer text it stands: a terminal's clipboard is sent so."""
    for shift in range(3):
        coded = b64encode(b"\0" * shift + secret.encode())
        yield coded[4 if shift else 0 : -4]


def pure(recording: bytes, laptop: Path, before: bytes = b"") -> None:
    """Fail unless the recording and the laptop hold nothing that must not be seen; `before` is said on top."""
    assert outside(recording) == before
    assert [word for word in OTHERS if word in recording] == []
    assert [word for word in (*SECRETS, *CODES) if word.encode() in recording] == []
    assert [word for word in SECRETS if any(code in recording for code in in_base64(word))] == []
    assert on_show(laptop) == set()


@pytest.mark.parametrize("name", WAYS)
def test_nothing_stands_outside_our_frames(
    opened: Callable[[Way], Terminal], laptop: Path, name: str
) -> None:
    way = WAYS[name]
    dashboard = opened(way)
    answer(dashboard, way.steps)
    screen = dashboard.shows(way.ends)
    assert framed(screen), screen
    if way.ends not in (IN, OUT):
        dashboard.asks(way.ends)
        dashboard.press("escape")
        dashboard.shows(OUT)
    pure(leave(dashboard), laptop, WARNED if "-P" in way.flags else b"")


@pytest.mark.parametrize(
    ("name", "at_the_node"),
    [
        ("password and Duo", (("use the same password as for the login", "\r"),)),
        ("node with a code", (("nodecode@n", f"{PASSWORD}\r"), CODE)),
    ],
)
def test_nor_from_the_start_to_a_notebook_with_a_node_that_asks(
    opened: Callable[[Way], Terminal], laptop: Path, name: str, at_the_node: tuple[Step, ...]
) -> None:
    dashboard = in_on(opened, name)
    start(dashboard)
    answer(dashboard, at_the_node)
    dashboard.shows("ready at http://127.0.0.1:", seconds=40)
    dashboard.press("escape")
    dashboard.shows("READY", "1 tunnel")
    dashboard.press("q")
    dashboard.shows("keep them open", "close all")
    dashboard.press("c")
    assert dashboard.ends() == 0
    pure(bytes(dashboard.recording), laptop)


def in_on(opened: Callable[[Way], Terminal], name: str) -> Terminal:
    """Log in a way."""
    way = {**WAYS, **NODES}[name]
    dashboard = opened(way)
    answer(dashboard, way.steps)
    dashboard.shows(way.ends)
    return dashboard


def start(dashboard: Terminal) -> None:
    """Have a server started, as the form has it."""
    dashboard.press("n")
    dashboard.shows("Launch on", "Start")
    dashboard.press("ctrl+s")


def test_cancel_leaves_no_trace_either(opened: Callable[[Way], Terminal], laptop: Path) -> None:
    dashboard = opened(WAYS["password and Duo"])
    answer(dashboard, (ASKED, ("option (1-2)", "\x1b")))
    screen = dashboard.shows(OUT)
    assert framed(screen), screen
    pure(leave(dashboard), laptop)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT])
@pytest.mark.parametrize("asker", ["menu@hpc asks", "guarded@10.91.", "nodepassword@n"])
def test_who_dies_in_the_middle_of_an_answer_leaves_no_secret(
    opened: Callable[[Way], Terminal], laptop: Path, asker: str, number: signal.Signals
) -> None:
    dashboard = asked_by(opened, asker)
    dashboard.asks(asker, seconds=40)
    dashboard.press(PASSWORD)
    dashboard.shows("•" * len(PASSWORD))
    worker = worker_pid()
    assert (core_limit(dashboard.pid), core_limit(worker)) == ("0", "0")
    assert dashboard.kill(number) == -number
    os.kill(worker, number)
    assert [code for code in (PASSWORD.encode(), *in_base64(PASSWORD)) if code in dashboard.recording] == []
    assert on_show(laptop) == set()


def asked_by(opened: Callable[[Way], Terminal], asker: str) -> Terminal:
    """Open the dashboard on a login that comes to a question of `asker`."""
    if asker == "nodepassword@n":
        dashboard = in_on(opened, "node with a password")
        start(dashboard)
        return dashboard
    return opened(WAYS["bastion with a code" if "guarded" in asker else "password and Duo"])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT])
def test_a_worker_that_dies_in_the_middle_of_a_login_leaves_no_secret(
    opened: Callable[[Way], Terminal], laptop: Path, number: signal.Signals
) -> None:
    dashboard = opened(WAYS["password and Duo"])
    answer(dashboard, (ASKED,))
    dashboard.shows("option (1-2)")
    worker = worker_pid()
    assert core_limit(worker) == "0"
    os.kill(worker, number)
    dashboard.asks("Password")  # a new worker asks from the start
    assert worker_pid() != worker
    dashboard.press("escape")
    dashboard.shows(OUT)
    pure(leave(dashboard), laptop)


def core_limit(pid: int) -> str:
    """How large a core file of a process may be."""
    text = Path(f"/proc/{pid}/limits").read_text()
    line = next(line for line in text.splitlines() if line.startswith("Max core file size"))
    return line.split()[4]
