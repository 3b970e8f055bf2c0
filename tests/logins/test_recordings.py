"""Every way of logging in, in a terminal that records each byte: nothing outside our frames, and no secret at all."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupystra_tui.model import Cluster

from ..cluster.nodes import LAN, LOGIN
from ..front_end import worker_pid
from ..terminal.terminal import Terminal
from .conftest import At
from .keys import PASSPHRASE
from .leaks import SECRETS, on_show
from .people import CODES, OTHER_PASSWORD, PASSWORD
from .site import LoginSite

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
INSIDE = (
    "Host inside",
    f"  HostName {LAN[LOGIN]}",
    f"  HostKeyAlias {LOGIN}",
    "  ProxyJump bastion",
    "Host *",
)
Step = tuple[str, str]
"""Words of a dialog, and what is typed into it, enter included."""

WAYS: dict[str, tuple[str, str, tuple[str, ...], tuple[Step, ...]]] = {
    "password": ("password", "hpc", (), (("Password", f"{PASSWORD}\r"),)),
    "wrong at first": (
        "interactive",
        "hpc",
        (),
        (("Password", "Wr0ng-badger\r"), ("not accepted", f"{PASSWORD}\r")),
    ),
    "passphrase": (
        "key",
        "hpc",
        ("IdentityFile {keys}/ed25519-locked",),
        (("Passphrase for the key", f"{PASSPHRASE}\r"),),
    ),
    "password and Duo": ("menu", "hpc", (), (("Password", f"{PASSWORD}\r"), ("option (1-2)", "1\r"))),
    "bastion with a code": (
        "guarded",
        "inside",
        INSIDE,
        (
            ("guarded@10.91.", f"{PASSWORD}\r"),
            ("Verification code", f"{CODES[0]}\r"),
            ("guarded@inside asks", f"{OTHER_PASSWORD}\r"),
        ),
    ),
    "unknown host": (
        "password",
        "hpc",
        ("UserKnownHostsFile {laptop}/none",),
        (("Is this the right host?", "t"), ("Password", f"{PASSWORD}\r")),
    ),
}


@pytest.fixture
def opened(slurm: LoginSite) -> Iterator[Callable[[Cluster], Terminal]]:
    """Open the dashboard on a cluster; it is closed at the end."""
    open_ones: list[Terminal] = []

    def make(cluster: Cluster) -> Terminal:
        open_ones.append(Terminal("-F", cluster.ssh_config, cluster.host, columns=100, rows=30))
        return open_ones[-1]

    yield make
    for terminal in open_ones:
        terminal.__exit__(None, None, None)


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
        screen = dashboard.shows(words)
        assert framed(screen), screen
        dashboard.press(typed)


def leave(dashboard: Terminal) -> bytes:
    """Quit, and return all that was ever written."""
    dashboard.press("q")
    assert dashboard.ends() == 0
    return bytes(dashboard.recording)


def pure(recording: bytes, laptop: Path) -> None:
    """Fail unless the recording and the laptop hold nothing that must not be seen."""
    assert outside(recording) == b""
    assert [word for word in OTHERS if word in recording] == []
    assert [word for word in (*SECRETS, *CODES) if word.encode() in recording] == []
    assert on_show(laptop) == set()


@pytest.mark.parametrize("way", WAYS)
def test_nothing_stands_outside_our_frames(
    slurm: LoginSite, at: At, opened: Callable[[Cluster], Terminal], laptop: Path, way: str
) -> None:
    user, host, lines, steps = WAYS[way]
    lines = tuple(line.format(keys=slurm.keys, laptop=laptop) for line in lines)
    dashboard = opened(at(user, *lines, host=host))
    answer(dashboard, steps)
    assert framed(dashboard.shows("No jobs in the queue"))
    pure(leave(dashboard), laptop)


def test_nor_from_the_start_to_a_notebook_with_a_password_for_the_node(
    slurm: LoginSite, at: At, opened: Callable[[Cluster], Terminal], laptop: Path
) -> None:
    dashboard = opened(at("menu"))
    answer(dashboard, WAYS["password and Duo"][3])
    dashboard.shows("No jobs in the queue")
    dashboard.press("n")
    dashboard.shows("Launch on", "Start")
    dashboard.press("ctrl+s")
    dashboard.shows("use the same password as for the login", seconds=40)
    dashboard.press("\x0f")  # ctrl+o takes the offer
    dashboard.shows("ready at http://127.0.0.1:", seconds=40)
    dashboard.press("escape")
    dashboard.shows("READY", "1 tunnel")
    dashboard.press("q")
    dashboard.shows("keep them open", "close all")
    dashboard.press("c")
    assert dashboard.ends() == 0
    pure(bytes(dashboard.recording), laptop)


def test_cancel_leaves_no_trace_either(
    slurm: LoginSite, at: At, opened: Callable[[Cluster], Terminal], laptop: Path
) -> None:
    dashboard = opened(at("menu"))
    answer(dashboard, (("Password", f"{PASSWORD}\r"), ("option (1-2)", "\x1b")))
    screen = dashboard.shows("enter  logs in again")
    assert framed(screen), screen
    pure(leave(dashboard), laptop)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT])
def test_a_dashboard_that_dies_in_the_middle_of_an_answer_leaves_no_secret(
    slurm: LoginSite, at: At, opened: Callable[[Cluster], Terminal], laptop: Path, number: signal.Signals
) -> None:
    dashboard = opened(at("menu"))
    dashboard.shows("Password")
    dashboard.press(PASSWORD)
    dashboard.shows("•" * len(PASSWORD))
    assert core_limit(dashboard.pid) == "0"
    assert dashboard.kill(number) == -number
    assert PASSWORD.encode() not in dashboard.recording
    assert on_show(laptop) == set()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT])
def test_a_worker_that_dies_in_the_middle_of_a_login_leaves_no_secret(
    slurm: LoginSite, at: At, opened: Callable[[Cluster], Terminal], laptop: Path, number: signal.Signals
) -> None:
    dashboard = opened(at("menu"))
    answer(dashboard, (("Password", f"{PASSWORD}\r"),))
    dashboard.shows("option (1-2)")
    worker = worker_pid()
    assert core_limit(worker) == "0"
    os.kill(worker, number)
    dashboard.shows("Password")  # a new worker asks from the start
    assert worker_pid() != worker
    dashboard.press("escape")
    dashboard.shows("enter  logs in again")
    pure(leave(dashboard), laptop)


def core_limit(pid: int) -> str:
    """How large a core file of a process may be."""
    text = Path(f"/proc/{pid}/limits").read_text()
    line = next(line for line in text.splitlines() if line.startswith("Max core file size"))
    return line.split()[4]
