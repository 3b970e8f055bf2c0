"""The cluster's users: they exist in the nodes' own /etc and in the shared home only."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

NOISE = "Your home is 83% full (quota 50G)."


@dataclass(frozen=True)
class User:
    name: str
    uid: int
    shell: str

    @property
    def account_lines(self) -> dict[str, str]:
        """The user's line for each of the account files in /etc."""
        return {
            "passwd": f"{self.name}:x:{self.uid}:{self.uid}:{self.name.title()}:/home/{self.name}:{self.shell}\n",
            "shadow": f"{self.name}:*:19000:0:99999:7:::\n",
            "group": f"{self.name}:x:{self.uid}:\n",
        }


def all_users() -> list[User]:
    """Ada, and tess where her shell is installed."""
    users = [User("ada", 47001, "/bin/bash")]
    tcsh = shutil.which("tcsh", path="/usr/bin:/bin")
    return [*users, User("tess", 47002, tcsh)] if tcsh else users


def add_accounts(etc: Path, users: list[User]) -> None:
    """Add the users to a node's account files, in place of any of the same name."""
    for name in ("passwd", "shadow", "group"):
        path = etc / name
        ours = tuple(f"{user.name}:" for user in users)
        kept = [line for line in path.read_text().splitlines(keepends=True) if not line.startswith(ours)]
        path.write_text("".join(kept + [user.account_lines[name] for user in users]))


def reset_home(home: Path, user: User, public_key: str) -> None:
    """Give the user's home its first content; the folder itself stays, as processes may be in it."""
    home.mkdir(parents=True, exist_ok=True)
    for entry in home.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
    ssh = home / ".ssh"
    ssh.mkdir(exist_ok=True)
    (ssh / "authorized_keys").write_text(public_key)
    (home / ".bash_profile").write_text(". ~/.bashrc\n")
    (home / ".bashrc").write_text(f"echo '{NOISE}'\n")
    (home / ".cshrc").write_text(f"echo '{NOISE}'\n")
    for path in (home, *home.rglob("*")):
        os.chown(path, user.uid, user.uid)
        path.chmod(0o700 if path.is_dir() else 0o600)
