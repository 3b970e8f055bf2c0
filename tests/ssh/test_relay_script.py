"""The part of a relay that runs on the login node: its folder is for its owner alone, and goes with it."""

import os
import shlex
import stat
import subprocess
import sys
from pathlib import Path

from jupystra_tui.ssh import relay

LIMIT = 30.0
SSH = """#!/bin/sh
{python} -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$5"
exec sleep 60
"""


def test_the_folder_is_private_and_goes_with_the_relay(tmp_path: Path) -> None:
    (tmp_path / "ssh").write_text(SSH.format(python=sys.executable))
    (tmp_path / "ssh").chmod(0o755)
    facts = {"known": "n1 ssh-ed25519 AAAA", "options": "", "node": "n1", "mark": "here-it-is"}
    head = "".join(f"{name}={shlex.quote(value)}\n" for name, value in facts.items())
    shell = subprocess.Popen(
        ["/bin/sh"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        umask=0,
        text=True,
    )
    assert shell.stdin
    assert shell.stdout
    shell.stdin.write(head + relay._SCRIPT.read_text())
    shell.stdin.flush()
    mark, folder = shell.stdout.readline().split()
    assert mark == "here-it-is"
    assert relay._FOLDER.fullmatch(folder)
    assert stat.S_IMODE(Path(folder).stat().st_mode) == 0o700
    assert stat.S_IMODE((Path(folder) / "known").stat().st_mode) == 0o600
    shell.stdin.close()
    shell.wait(LIMIT)
    assert not Path(folder).exists()
