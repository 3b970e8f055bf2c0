"""^C at any time, also while the program's modules are still read."""

import signal
import subprocess
import sys

from .running import SECONDS

SLOW_DISK = """
import runpy, sys

class Halt:
    def find_spec(self, name, path=None, target=None):
        if name == "jupystra_tui.verbs.command":
            print("reading it", flush=True)
            sys.stdin.read()

sys.meta_path.insert(0, Halt())
sys.argv = ["jupystra", "status"]
runpy.run_module("jupystra_tui.verbs", run_name="__main__")
"""


def test_it_ends_without_a_trace() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SLOW_DISK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    ) as verb:  # fmt: skip
        assert verb.stdout
        assert verb.stdout.readline() == "reading it\n"
        verb.send_signal(signal.SIGINT)
        assert verb.wait(SECONDS) == 130
        assert verb.communicate() == ("", "")
