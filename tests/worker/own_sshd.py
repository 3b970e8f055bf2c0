"""A real sshd on this machine for our own user, whose commands are scripts of a test."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupystra_tui.model import Cluster

from ..ordering import free_port

START_SECONDS = 20.0
VERSION = 'if [ "$1" = --version ]; then echo "slurm 23.11.4"; exit; fi\n'


class OwnSshd:
    """A server with key logins; `cluster` leads to it, `command` makes a program that is found there first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.home = folder / "home"
        self.bin = folder / "bin"
        for made in (self.home, self.bin):
            made.mkdir()
        self._port = free_port()
        for name in ("host", "user"):
            keygen = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
            subprocess.run(keygen, check=True)
        shutil.copy(folder / "user.pub", folder / "authorized")
        host = (folder / "host.pub").read_text().split()
        (folder / "known_hosts").write_text(f"[127.0.0.1]:{self._port} {host[0]} {host[1]}\n")
        self.ssh_config = folder / "ssh_config"
        self.ssh_config.write_text(
            f"Host hpc\n HostName 127.0.0.1\n Port {self._port}\n IdentityFile {folder}/user\n"
            f" IdentitiesOnly yes\n UserKnownHostsFile {folder}/known_hosts\n"
        )
        (folder / "sshd_config").write_text(
            f"ListenAddress 127.0.0.1:{self._port}\nHostKey {folder}/host\nPidFile none\nStrictModes no\n"
            f"AuthorizedKeysFile {folder}/authorized\nPermitRootLogin yes\nPasswordAuthentication no\n"
            f"KbdInteractiveAuthentication no\nUsePAM no\n"
            f"SetEnv PATH={self.bin}:{os.environ['PATH']} HOME={self.home}\n"
        )

    @property
    def cluster(self) -> Cluster:
        """The cluster, polled often."""
        return Cluster("hpc", "hpc", ssh_config=str(self.ssh_config), poll=1.0, poll_floor=0.5)

    def command(self, name: str, script: str) -> None:
        """Make a program of a name."""
        (self.bin / name).write_text(f"#!/bin/sh\n{VERSION}{script}\n")
        (self.bin / name).chmod(0o755)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serve until the end of the block."""
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)  # for the separation of privileges, which insists on it
        argv = [shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/sbin") or "sshd", "-D", "-e"]
        log = (self._folder / "sshd.log").open("wb")
        with log, subprocess.Popen([*argv, "-f", str(self._folder / "sshd_config")], stderr=log) as server:
            try:
                self._wait_for(server)
                yield
            finally:
                server.terminate()

    def _wait_for(self, server: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
                return
            except OSError:
                said = (self._folder / "sshd.log").read_text()
                assert server.poll() is None, said
                assert time.monotonic() < deadline, said
                time.sleep(0.05)
