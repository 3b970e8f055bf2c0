"""`-P` works as it did, and is gone from what others see before anything else happens."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupystra_tui.concealed import received

from .terminal.terminal import ROOT

PROGRAM = """
import os, sys
from jupystra_tui import concealed
os.execv = lambda program, argv: (print(argv[3:-1]), print(repr(os.read(int(argv[-1].split("=")[1]), 99))), os._exit(0))
concealed.conceal(sys.argv[1:])
print("nothing to conceal")
"""


def conceal(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], cwd=ROOT, capture_output=True, text=True, timeout=20
    )


@pytest.mark.parametrize(
    "flags", [("-P", "s3cret"), ("--password", "s3cret"), ("--password=s3cret",), ("-Ps3cret",)]
)
def test_the_password_leaves_the_command_line_and_comes_in_a_pipe(flags: tuple[str, ...]) -> None:
    done = conceal("ada@hpc", *flags, "-F", "file")
    assert done.stdout == "['ada@hpc', '-F', 'file']\nb's3cret'\n"
    assert "-P shows the password" in done.stderr


def test_without_it_nothing_happens() -> None:
    assert conceal("ada@hpc").stdout == "nothing to conceal\n"


def test_what_came_in_the_pipe_is_a_secret() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"s3cret")
    os.close(writing)
    secret = received(reading)
    assert secret
    assert secret.reveal() == "s3cret"
    assert "s3cret" not in repr(secret)
    assert received(-1) is None
    assert not Path(f"/proc/self/fd/{reading}").exists()
