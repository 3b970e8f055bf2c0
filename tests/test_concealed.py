"""`-P` works, and the password is removed from the process list before anything else happens."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupystra_tui.frontend.concealed import received

from .terminal.terminal import ROOT

PROGRAM = """
import os, sys
from jupystra_tui.frontend import concealed
os.execv = lambda program, argv: (print(argv[3:-1]), print(repr(os.read(int(argv[-1].split("=")[1]), 99))), os._exit(0))
concealed.conceal(sys.argv[1:])
print("nothing to conceal")
"""


def conceal(*words: str | bytes, typed: bytes = b"") -> subprocess.CompletedProcess[str]:
    """Run the program away from any terminal."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        cwd=ROOT,
        capture_output=True,
        timeout=20,
        input=typed.decode("latin-1"),
        encoding="latin-1",
        start_new_session=True,
    )


@pytest.mark.parametrize(
    "flags", [("-P", "s3cret"), ("--password", "s3cret"), ("--password=s3cret",), ("-Ps3cret",)]
)
def test_the_password_is_removed_from_the_command_line_and_passed_in_a_pipe(flags: tuple[str, ...]) -> None:
    done = conceal("ada@hpc", *flags, "-F", "file")
    assert done.stdout == "['ada@hpc', '-F', 'file']\nb's3cret'\n"
    assert "-P shows the password" in done.stderr


def test_a_dash_reads_the_password_from_standard_input() -> None:
    done = conceal("ada@hpc", "-P", "-", typed="pässwörd\nmore\n".encode())
    assert done.stdout == f"['ada@hpc']\n{'pässwörd'.encode()!r}\n"
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("password", "fault"), [(b"p\xe4ss", "not UTF-8"), (b"x" * 70_000, "longer than 1024 bytes")]
)
@pytest.mark.parametrize("typed", [False, True], ids=["flag", "standard input"])
def test_an_invalid_password_is_refused(password: bytes, fault: str, typed: bool) -> None:
    done = conceal("-P", b"-" if typed else password, typed=password if typed else b"")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(f"the password of -P is {fault}; leave -P away and let it ask\n")


def test_without_the_flag_nothing_changes() -> None:
    assert conceal("ada@hpc").stdout == "nothing to conceal\n"


def test_the_password_from_the_pipe_is_a_secret() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"s3cret")
    os.close(writing)
    secret = received(reading)
    assert secret
    assert secret.reveal() == "s3cret"
    assert "s3cret" not in repr(secret)
    assert received(-1) is None
    assert not Path(f"/proc/self/fd/{reading}").exists()
