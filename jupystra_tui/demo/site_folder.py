"""The site's folder: home, stub programs, keys, and the ssh configuration that leads to it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import paramiko

from jupystra_tui.demo import command_stub
from jupystra_tui.demo.key_generation import known_host

USER = "you"
ALIAS = "practice"
SHORT_PLACE = "/tmp"
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
KEPT_ENVIRONMENT = ("LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH")

SSH_CONFIG = """\
Host {alias}
    HostName 127.0.0.1
    Port {port}
Host {alias} {nodes}
    User {user}
    IdentityFile "{folder}/id_ed25519"
    IdentitiesOnly yes
    IdentityAgent none
    UserKnownHostsFile "{folder}/known_hosts"
    GlobalKnownHostsFile /dev/null
"""
JUPYTER_SERVER = {"ServerApp": {"allow_root": os.getuid() == 0}}
JUPYTER_LAB = {"LabApp": {"news_url": None, "check_for_updates_class": "jupyterlab.NeverCheckForUpdate"}}


class SiteFolder:
    """A 0700 folder with a short path (unix sockets allow about 100 bytes) that holds all of the site."""

    def __init__(self, place: Path | None = None) -> None:
        self.path = place or Path(tempfile.mkdtemp(prefix="jp-", dir=_short_place()))
        self.path.mkdir(mode=0o700, parents=True, exist_ok=place is None)
        for name in ("home/.ssh", "home/.jupyter", "bin", "spool", "tmp"):
            (self.path / name).mkdir(mode=0o700, parents=True)

    @property
    def home(self) -> Path:
        """The practice user's home, the same on every host."""
        return self.path / "home"

    @property
    def spool(self) -> Path:
        """Where the scripts of the jobs are kept."""
        return self.path / "spool"

    @property
    def socket(self) -> Path:
        """Where command stubs and switches reach the site."""
        return self.path / "control"

    @property
    def log(self) -> Path:
        """What went wrong inside the site."""
        return self.path / "log"

    def environment(self, host: str) -> dict[str, str]:
        """The environment of a command on a host: made from scratch, nothing of the user's own."""
        kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
        return kept | {
            "PATH": f"{self.path}/bin:{Path(sys.executable).parent}:{SYSTEM_PATH}",
            "HOME": str(self.home),
            "USER": USER,
            "LOGNAME": USER,
            "SHELL": "/bin/sh",
            "LANG": "C.UTF-8",
            "TMPDIR": f"{self.path}/tmp",
            "JUPYTER_CONFIG_DIR": f"{self.home}/.jupyter",
            "JUPYTER_DATA_DIR": f"{self.home}/.local/share/jupyter",
            "IPYTHONDIR": f"{self.home}/.ipython",
            "XDG_CONFIG_HOME": f"{self.home}/.config",
            "XDG_CACHE_HOME": f"{self.home}/.cache",
            "XDG_DATA_HOME": f"{self.home}/.local/share",
            "PRACTICE_HOST": host,
        }

    def remove(self) -> None:
        """Remove all of it."""
        shutil.rmtree(self.path, ignore_errors=True)

    def furnish_home(self, node_keys: Mapping[str, paramiko.PKey]) -> None:
        """Write what a user finds at home: a profile, Jupyter's settings and the nodes' host keys."""
        path = self.environment("")["PATH"]
        (self.home / ".profile").write_text(f"PATH={shlex.quote(path)}:$PATH\nexport PATH\n")
        (self.home / ".jupyter/jupyter_server_config.json").write_text(json.dumps(JUPYTER_SERVER))
        (self.home / ".jupyter/jupyter_lab_config.json").write_text(json.dumps(JUPYTER_LAB))
        lines = (known_host(name, key) for name, key in node_keys.items())
        (self.home / ".ssh/known_hosts").write_text("".join(lines))

    def install(self, commands: Iterable[str], login: str) -> None:
        """Put the command stubs on the PATH, and a `hostname` that prints the simulated host."""
        ask = shlex.join([sys.executable, "-IS", command_stub.__file__, str(self.socket)])
        for command in commands:
            self._install(command, f'exec {ask} {command} "$@"')
        self._install("hostname", f'echo "${{PRACTICE_HOST:-{login}}}"')

    def invite(self, port: int, login_key: paramiko.PKey, client_key: str, nodes: Iterable[str]) -> Path:
        """Write the client's key, the login node's host key and the ssh configuration; answers its path."""
        identity = self.path / "id_ed25519"
        identity.touch(mode=0o600)
        identity.write_text(client_key)
        (self.path / "known_hosts").write_text(known_host(f"[127.0.0.1]:{port}", login_key))
        config = self.path / "ssh_config"
        config.write_text(
            SSH_CONFIG.format(alias=ALIAS, port=port, user=USER, folder=self.path, nodes=" ".join(nodes))
        )
        return config

    def _install(self, name: str, line: str) -> None:
        program = self.path / "bin" / name
        program.write_text(f"#!/bin/sh\n{line}\n")
        program.chmod(0o700)


def _short_place() -> str | None:
    return SHORT_PLACE if os.access(SHORT_PLACE, os.W_OK | os.X_OK) else None
