"""From exec to the first frame, against a bare Textual program with a header, a table and a footer."""

import fcntl
import os
import pty
import signal
import statistics
import struct
import sys
import termios
import time
from tempfile import TemporaryDirectory

from jupystra_tui.verbs import stop_worker

ROUNDS = 10
BARE = """
from textual.app import App
from textual.widgets import DataTable, Footer, Header

class Bare(App):
    TITLE = "bare-ready"
    BINDINGS = [("q", "quit", "Quit")]
    def compose(self):
        yield Header()
        yield DataTable()
        yield Footer()

Bare().run()
"""


def report() -> None:
    """Print the median of the round-by-round ratios; the first round warms up and does not count."""
    with TemporaryDirectory(prefix="jl-") as home:
        os.environ["JUPYSTRA_HOME"] = home
        os.environ["PYTHONPYCACHEPREFIX"] = f"{home}/bytecode"  # as pip compiles an installed program
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        rounds = [_round() for _ in range(ROUNDS + 1)][1:]
        stop_worker()
    ratio = statistics.median(ours / bare for bare, ours in rounds)
    bare, ours = (statistics.median(column) * 1000 for column in zip(*rounds, strict=True))
    print(f"first paint: {ratio:.2f} times a bare Textual program ({ours:.0f} ms, {bare:.0f} ms)")


def _round() -> tuple[float, float]:
    bare = _time_to([sys.executable, "-c", BARE], b"bare-ready")
    return bare, _time_to([sys.executable, "-m", "jupystra_tui"], b"jupystra")


def _time_to(argv: list[str], words: bytes) -> float:
    began = time.perf_counter()
    pid, line = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        os.environ["TERM"] = "xterm-256color"
        os.execv(argv[0], argv)
    seen = b""
    while words not in seen:
        seen += os.read(line, 1 << 16)
    seconds = time.perf_counter() - began
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(line)
    return seconds
