"""The whole practice site: queue, ssh servers and control socket, in one folder."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass

from jupystra_tui.demo import sample_jobs
from jupystra_tui.demo.control import ControlServer
from jupystra_tui.demo.demo_hosts import DemoHosts
from jupystra_tui.demo.demo_queue import DemoQueue
from jupystra_tui.demo.inventory import PRACTICE
from jupystra_tui.demo.key_generation import generate_key
from jupystra_tui.demo.lsf import LsfCommands
from jupystra_tui.demo.lsf.lsf_traces import LsfTraces
from jupystra_tui.demo.process import JobStarter
from jupystra_tui.demo.site_folder import ALIAS, USER, SiteFolder
from jupystra_tui.demo.slurm import SlurmCommands
from jupystra_tui.demo.slurm.slurm_traces import SlurmTraces
from jupystra_tui.demo.sshd import Account, Listener

STEP_SECONDS = 0.05


@dataclass(frozen=True)
class Invitation:
    """What a client needs to log in."""

    folder: str
    ssh_config: str
    alias: str = ALIAS
    user: str = USER


class DemoSite:
    """A site on loopback; it runs until `close`."""

    def __init__(self, folder: SiteFolder, queue_seconds: float, scheduler: str = "slurm") -> None:
        uid = os.getuid()
        self._folder = folder
        self._over = threading.Event()
        lsf = scheduler == "lsf"
        traces = LsfTraces(PRACTICE, USER, folder.spool) if lsf else SlurmTraces(PRACTICE, USER, uid)
        self._queue = DemoQueue(PRACTICE, JobStarter(folder.spool, traces), queue_seconds=queue_seconds)
        self._commands = LsfCommands(self._queue, USER) if lsf else SlurmCommands(self._queue, USER, uid)
        folder.install(self._commands.names, PRACTICE.login)
        self._open_hosts(uid)
        self._control = ControlServer(folder.socket, self._commands, self._switches())
        self._stepping = threading.Thread(target=self._step, name="queue", daemon=True)
        self._stepping.start()

    def populate(self) -> None:
        """Add other jobs, some of them running."""
        sample_jobs.populate(self._queue, str(self._folder.home), self._folder.environment(PRACTICE.login))

    def close(self) -> None:
        """End jobs, connections and commands."""
        self._over.set()
        self._stepping.join()
        self._listener.close()
        self._control.close()
        self._queue.close()
        self._hosts.close()

    def _open_hosts(self, uid: int) -> None:
        key, secret = generate_key()
        nodes = [node.name for node in PRACTICE.nodes]
        host_keys = {name: generate_key()[0] for name in (PRACTICE.login, *nodes)}
        account = Account(USER, key, self._folder.home, self._folder.environment)
        self._hosts = DemoHosts(PRACTICE, host_keys, account, uid, self._queue)
        self._folder.furnish_home({name: host_keys[name] for name in nodes})
        self._listener = Listener(self._hosts.login.serve)
        config = self._folder.invite(self._listener.port, host_keys[PRACTICE.login], secret, nodes)
        self.invitation = Invitation(str(self._folder.path), str(config))

    def _switches(self) -> dict[str, Callable[..., object]]:
        return {
            "drop_connections": self._hosts.drop,
            "set_compute_ssh": self._hosts.set_compute_ssh,
            **self._commands.switches,
            "fail_node": self._hosts.fail_node,
            "resume_node": self._queue.resume_node,
        }

    def _step(self) -> None:
        while not self._over.wait(STEP_SECONDS):
            self._queue.step()
