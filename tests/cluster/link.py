"""The network: one link from laptop to login, which can be cut, and the cluster's own network behind it."""

from collections.abc import Mapping

from .nodes import LOGIN, Node, run

NOBODY = "02:91:00:00:00:ff"


class Link:
    """The link between laptop and login; its two ends hold fixed hardware addresses of each other."""

    def __init__(self, login: Node) -> None:
        """Take the first number that no other cluster on this machine has."""
        self._login = login
        self._subnet = next((x for x in range(1, 255) if self._claim(x)), 0)
        if not self._subnet:
            raise RuntimeError("all 254 links to test clusters are taken")
        self.device = f"jst{self._subnet}"
        self.laptop, self.address = (f"10.91.{self._subnet}.{end}" for end in (1, 10))
        _ip(None, f"addr add {self.laptop}/24 dev {self.device}", f"link set {self.device} up")
        _ip(login, f"addr add {self.address}/24 dev wan0", "link set wan0 up")
        self.heal()

    def heal(self) -> None:
        """Let packets pass."""
        self._point_ends_at(self._mac("login"), self._mac("laptop"))

    def cut(self) -> None:
        """Have packets vanish both ways, with no error on either side: frames go to nobody."""
        self._point_ends_at(NOBODY, NOBODY)

    def remove(self) -> None:
        """Take the link away; harmless when it is gone."""
        run(["ip", "link", "del", self.device], check=False)

    def _claim(self, subnet: int) -> bool:
        self._subnet = subnet
        ends = f"address {self._mac('laptop')} type veth peer name wan0 address {self._mac('login')}"
        argv = f"ip link add jst{subnet} {ends} netns {self._login.pid}".split()
        done = run(argv, check=False)
        if done.returncode and "File exists" not in done.stderr:
            raise RuntimeError(f"{argv}: {done.stderr}")
        return done.returncode == 0

    def _mac(self, end: str) -> str:
        return f"02:91:00:00:{self._subnet:02x}:{1 if end == 'laptop' else 10:02x}"

    def _point_ends_at(self, from_laptop: str, from_login: str) -> None:
        _ip(None, f"neigh replace {self.address} lladdr {from_laptop} dev {self.device} nud permanent")
        _ip(self._login, f"neigh replace {self.laptop} lladdr {from_login} dev wan0 nud permanent")


def wire(nodes: dict[str, Node], lan: Mapping[str, str]) -> None:
    """Join the nodes by the cluster's own network (name to address), a bridge on the login node."""
    login = nodes[LOGIN]
    _ip(
        login,
        "link set lo up",
        "link add lan type bridge",
        f"addr add {lan[LOGIN]}/24 dev lan",
        "link set lan up",
    )
    for name in lan.keys() - {LOGIN}:
        node = nodes[name]
        _ip(None, f"link add to-{name} netns {login.pid} type veth peer name eth0 netns {node.pid}")
        _ip(login, f"link set to-{name} master lan up")
        _ip(node, "link set lo up", f"addr add {lan[name]}/24 dev eth0", "link set eth0 up")


def _ip(where: Node | None, *lines: str) -> None:
    """Run ip(8) commands in a node, or on the laptop."""
    inside = ["nsenter", "-t", str(where.pid), "-n", "--"] if where else []
    run([*inside, "ip", "-batch", "-"], stdin="\n".join(lines) + "\n")
