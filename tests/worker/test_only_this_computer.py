"""A tunnel and its address are for this computer alone."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from jupystra_tui.demo import PracticeCluster
from jupystra_tui.model import Cluster

from ..answering import answering_at
from ..front_end import attached


async def test_a_tunnel_answers_at_127_0_0_1_and_nowhere_else(worker: Path) -> None:
    with PracticeCluster(queue_seconds=0.2) as practice:
        config = worker / "ssh_config"
        config.write_text(f"GatewayPorts yes\n{practice.ssh_config.read_text()}")
        cluster = Cluster("practice", practice.alias, ssh_config=str(config), poll=1.0, poll_floor=0.5)
        async with attached(cluster) as dashboard:
            await dashboard.log_in()
            launch = await dashboard.launch()
            assert launch.problem is None
            tunnel = await dashboard.until(lambda: dashboard.tunnel(launch.tunnel), "the tunnel")
            assert answering_at(tunnel.local_port) == {"127.0.0.1"}
            kept = [path for top in (worker / "run", worker / "state") for path in (top, *top.rglob("*"))]
            assert len(kept) > 4
            assert [path for path in kept if not path.is_symlink() and path.stat().st_mode & 0o077] == []
            address = urlsplit(await dashboard.url(tunnel.id))
            assert (address.scheme, address.netloc) == ("http", f"127.0.0.1:{tunnel.local_port}")
            assert list(parse_qs(address.query)) == ["token"]
