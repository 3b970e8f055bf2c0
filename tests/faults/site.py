"""The cluster of these tests: that of tests/cluster, with one more user."""

from pathlib import Path

from ..cluster.etc import write
from ..cluster.nodes import LOGIN, Node
from ..cluster.site import Site
from ..cluster.users import User

CODER = User("cora", 47003, "/bin/bash")
CODE = "Gr8-hedgehog"
MATCH = f"""\
Match User {CODER.name}
  PasswordAuthentication yes
  AuthenticationMethods publickey,password
"""


class FaultSite(Site):
    """A cluster on which the login of `cora` asks, after her key, for what no program can answer for her."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.users[CODER.name] = CODER

    def _write_files(self) -> None:
        super()._write_files()
        config = self._etc(LOGIN) / "ssh/sshd_config"
        write(config, config.read_text() + MATCH)

    def _start_services(self, node: Node) -> None:
        super()._start_services(node)
        node.run("chpasswd", "-c", "SHA512", stdin=f"{CODER.name}:{CODE}\n")
