"""The servers as one object."""

from pathlib import Path

from ..cluster import slurm, sshd, users
from ..cluster.link import Link
from ..cluster.nodes import LAN, LOGIN, Node
from ..cluster.site import Site
from . import keys, servers
from .people import Person, everybody
from .servers import BASTION


class LoginSite(Site):
    """A login node, compute nodes and a bastion for `people`; Slurm runs only once `start_slurm` was called.

    keys: the folder of the laptop's keys.
    """

    lan = {**LAN, BASTION: "10.92.0.13"}

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.people: list[Person] = everybody()
        self.users = {person.name: person for person in self.people}
        self.keys = self.folder / "laptop-keys"
        self._slurm_runs = False

    def kill_sessions(self, node: str) -> None:
        """Kill a node's established SSH sessions; its servers keep listening, the hasty one too."""
        servers.kill_connections(self.nodes[node])

    def start_slurm(self) -> None:
        """Have the compute nodes take jobs; harmless when they do."""
        if not self._slurm_runs:
            self._start_slurm()
        self._slurm_runs = True

    def host_key(self, node: str) -> str:
        """A node's public host key, as type and base64."""
        return sshd.bare_key(self._keys, node)

    def address(self, node: str) -> str:
        """Where the laptop reaches the login node or the bastion."""
        return {LOGIN: self.link, BASTION: self.bastion_link}[node].address

    def log(self, node: str, name: str) -> Path:
        """A log file of a node, as the host sees it."""
        return self._etc(node).parent / "log" / name

    def forget_codes(self) -> None:
        """Have every one-time code be new again."""
        for node in self.nodes.values():
            (node.root / servers.USED_CODES).unlink(missing_ok=True)

    def _start(self) -> None:
        self._start_nodes()

    def _write_files(self) -> None:
        keys.make(self.keys)
        servers.compile_module(self.keys)
        super()._write_files()
        for node in self.lan:
            servers.write_etc(self._etc(node), node, self.people, self.keys)

    def _join(self) -> None:
        super()._join()
        self.bastion_link = Link(self.nodes[BASTION])
        self._ends.callback(self.bastion_link.remove)

    def _start_services(self, node: Node) -> None:
        servers.start_all(node)

    def _start_slurm(self) -> None:
        for node in self.nodes.values():
            slurm.start_munge(node)
        super()._start_slurm()

    def _reset_homes(self) -> None:
        line = keys.authorized(self.keys)
        for person in self.people:
            users.reset_home(self.home_of(person.name), person, line if person.authorized else "")
