"""The test cluster as one object."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal, Self

from . import etc, link, slurm, sshd, users
from .nodes import COMPUTE, LAN, LOGIN, Keeper, Node

Turn = Literal["stop", "start", "restart"]
Done = subprocess.CompletedProcess[str]


@contextmanager
def _umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


class Site:
    """A cluster that is up from `Site.up(folder)` to `down()`, or to the end of this process however it comes.

    ssh_config: the laptop's OpenSSH client configuration, which knows the login node's host key and no other;
    login_alias: the login node's name in it, logging in as `user` with the file `key`;
    home: the user's home as the host sees it.
    """

    login_alias = "hpc"
    user = "ada"
    lan = LAN

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.home = self.home_of(self.user)
        self.users = {user.name: user for user in users.all_users()}
        self.nodes: dict[str, Node] = {}
        self._keys = self.folder / "keys"
        self._cut = False
        self._failed: set[str] = set()
        self._ends = ExitStack()

    @classmethod
    def up(cls, folder: Path) -> Self:
        """Bring a cluster up until its nodes take jobs.

        The folder, empty or not there yet, belongs to the cluster and goes with it.
        """
        site = cls(folder)
        site.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(site.folder.iterdir()):
            raise FileExistsError(f"{site.folder} is not empty")
        try:
            site._start()
        except BaseException as error:
            error.add_note(site.logs())
            site.down()
            raise
        return site

    def down(self) -> None:
        """End every process, link and mount of the cluster and remove its folder; harmless when done before."""
        self._ends.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.down()

    def home_of(self, user: str) -> Path:
        return self.folder / "home" / user

    def run(self, node: str, *argv: str, stdin: str = "", check: bool = True, timeout: float = 30) -> Done:
        """Run a command as root on a node; RuntimeError with what it said when it fails and `check` is set."""
        return self.nodes[node].run(*argv, stdin=stdin, check=check, timeout=timeout)

    def as_user(
        self,
        command: str,
        user: str = user,
        node: str = LOGIN,
        stdin: str = "",
        check: bool = True,
        timeout: float = 30,
    ) -> Done:
        """Run a line of sh as a user in their home on a node; no start-up file is read."""
        drop = ["setpriv", "--reuid", user, "--regid", user, "--init-groups"]
        home = f"/home/{user}"
        login = ["env", "-C", home, f"HOME={home}", f"USER={user}", f"LOGNAME={user}"]
        argv = [*drop, *login, "sh", "-c", command]
        return self.run(node, *argv, stdin=stdin, check=check, timeout=timeout)

    def ssh(self, *argv: str) -> list[str]:
        """The argv of OpenSSH as the laptop has it, which never asks."""
        return ["ssh", "-F", str(self.ssh_config), "-o", "BatchMode=yes", *argv]

    def sshd(self, node: str, turn: Turn) -> None:
        """Stop, start or restart a node's listener; established sessions live on."""
        if turn != "start":
            sshd.stop(self.nodes[node])
        if turn != "stop":
            sshd.start(self.nodes[node])

    def kill_sessions(self, node: str) -> None:
        """Kill a node's established SSH sessions; the server listens on."""
        sshd.kill_sessions(self.nodes[node])

    def slurmctld(self, turn: Turn) -> None:
        """Stop, start or restart the controller; running jobs live on."""
        if turn != "start":
            slurm.stop_controller(self.nodes[LOGIN])
        if turn != "stop":
            slurm.start_controller(self.nodes[LOGIN])
            slurm.call_nodes(self.nodes[LOGIN])

    def node_fail(self, node: str) -> None:
        """Kill everything on a compute node and have Slurm notice: its jobs are requeued or end as NODE_FAIL."""
        self._failed.add(node)
        self.run(node, "sh", "-c", "kill -KILL -1")
        self.run(LOGIN, "scontrol", "update", f"NodeName={node}", "State=DOWN", "Reason=failed")

    def node_back(self, node: str) -> None:
        """Have a failed node take jobs again."""
        self._start_services(self.nodes[node])
        slurm.start_node(self.nodes[node])
        slurm.wait_for_nodes(self.nodes[LOGIN], [node])
        self._failed.discard(node)

    def cut(self) -> None:
        """Have packets between laptop and login vanish, also on live connections."""
        self.link.cut()
        self._cut = True

    def heal(self) -> None:
        """Undo `cut`."""
        self.link.heal()
        self._cut = False

    def hide_jupyter(self) -> None:
        """Have no shell on any node find `jupyter`."""
        for node in self.nodes:
            etc.hide_jupyter(self._etc(node))

    def show_jupyter(self) -> None:
        """Have login shells find `jupyter`, as they do at first."""
        for node in self.nodes:
            etc.show_jupyter(self._etc(node))

    def repair(self) -> None:
        """Undo what is cut, stopped or failed; what users run goes on."""
        if self._cut:
            self.heal()
        if not slurm.controller_runs(self.nodes[LOGIN]):
            self.slurmctld("start")
        for name in list(self._failed):
            self.node_back(name)
        for node in self.nodes.values():
            if sshd.listener(node) is None:
                sshd.start(node)

    def restore(self) -> None:
        """Undo every switch, end what users left, cancel all jobs, and give the homes their first content."""
        self.repair()
        slurm.wait_for_nodes(self.nodes[LOGIN])
        slurm.cancel_all(self.nodes[LOGIN])
        for node in self.nodes.values():
            self._restore_node(node)
        self._reset_homes()

    def logs(self) -> str:
        """The last lines of what the nodes' services wrote."""
        paths = sorted(self.folder.glob("nodes/*/log/*.log"))
        tails = ("\n".join(path.read_text(errors="replace").splitlines()[-15:]) for path in paths)
        return "\n".join(f"{path}:\n{tail}" for path, tail in zip(paths, tails, strict=True))

    def _start(self) -> None:
        self._start_nodes()
        self._start_slurm()

    def _start_nodes(self) -> None:
        self._ends.callback(shutil.rmtree, self.folder, ignore_errors=True)
        with _umask(0o022):
            self._write_files()
        self.keeper = Keeper(self.folder, self.lan)
        self._ends.callback(self.keeper.end)
        self.nodes = self.keeper.nodes()
        self._join()
        for node in self.nodes.values():
            self._start_services(node)

    def _start_slurm(self) -> None:
        slurm.start_controller(self.nodes[LOGIN])
        for name in COMPUTE:
            slurm.start_node(self.nodes[name])
        slurm.wait_for_nodes(self.nodes[LOGIN])

    def _write_files(self) -> None:
        sshd.make_keys(self._keys, self.lan)
        slurm.make_key(self._keys)
        self._reset_homes()
        for node in self.lan:
            etc.make(self._etc(node), node, list(self.users.values()), self._keys)
            for name in ("log", "spool"):
                (self._etc(node).parent / name).mkdir()

    def _join(self) -> None:
        """Join the nodes with each other, and the laptop with the login node."""
        link.wire(self.nodes, self.lan)
        self.link = link.Link(self.nodes[LOGIN])
        self._ends.callback(self.link.remove)
        laptop = self.folder / "laptop"
        self.key = laptop / sshd.USER_KEY
        self.ssh_config = sshd.write_laptop(laptop, self._keys, self.link.address, [*self.users.values()])

    def _reset_homes(self) -> None:
        for user in self.users.values():
            users.reset_home(self.home_of(user.name), user, sshd.public_key(self._keys, sshd.USER_KEY))

    def _start_services(self, node: Node) -> None:
        slurm.start_munge(node)
        sshd.start(node)

    def _restore_node(self, node: Node) -> None:
        etc.show_jupyter(self._etc(node.name))
        uids = {user.uid for user in self.users.values()}
        for process in node.processes():
            if process.uid in uids:
                process.kill(signal.SIGKILL)

    def _etc(self, node: str) -> Path:
        return self.folder / "nodes" / node / "etc"
