"""The command of a login shell means the same in each shell that sshd may start it with, and reads its files."""

import shutil
import subprocess
from pathlib import Path

import pytest

from jupystra_tui.ssh.shell import LOGIN

FILES = {
    "bash": ".bash_profile",
    "zsh": ".zprofile",
    "fish": ".config/fish/config.fish",
    "tcsh": ".bash_profile",
    "dash": ".bash_profile",
}


@pytest.mark.parametrize("shell", FILES)
def test_a_login_shell_of_the_user_s_kind_gives_its_environment_to_sh(tmp_path: Path, shell: str) -> None:
    program = shutil.which(shell)
    if not program:
        pytest.skip(f"{shell} is not installed")
    file = tmp_path / FILES[shell]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("export WHERE=profile\n")
    told = subprocess.run(
        [program, "-c", LOGIN], input="echo $WHERE ${ZSH_VERSION-sh}\n", capture_output=True, text=True,
        env={"HOME": str(tmp_path), "SHELL": program, "PATH": "/usr/bin:/bin"}, timeout=30, check=True,
    )  # fmt: skip
    assert told.stdout == "profile sh\n"
