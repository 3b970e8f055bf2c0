"""A compute node that was reinstalled has a new host key: offered if the login node confirms it, else a full stop."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from jupystra_tui import protocol
from jupystra_tui.errors import JupystraError
from jupystra_tui.model import Cluster, TunnelState
from jupystra_tui.ssh.public_key import fingerprint

from ..front_end import FrontEnd, attached
from . import browser
from .site import Site
from .test_relay import OWN_KEY

LIST = "/etc/ssh/ssh_known_hosts"
KEY = "/etc/ssh/ssh_host_ed25519_key"
Reinstall = Callable[..., str]


@pytest.fixture
def reinstall(site: Site) -> Iterator[Reinstall]:
    """Give n1 another host key and return it as type and base64; put the old one back at the end.

    `listed` is whether the login node's own list gets the new key, `revoked` whether it also revokes it.
    """
    before = {node: _saved(site, node) for node in ("n1", "login")}

    def again(*, listed: bool = True, revoked: bool = False) -> str:
        site.run("n1", "sh", "-c", f"rm -f {KEY} {KEY}.pub && ssh-keygen -q -t ed25519 -N '' -f {KEY}")
        key = " ".join(site.run("n1", "cat", f"{KEY}.pub").stdout.split()[:2])
        lines = [line for line in before["login"][LIST].splitlines() if not line.startswith("n1,")]
        lines += [f"n1 {key}"] * listed + [f"@revoked n1 {key}"] * revoked
        site.run("login", "tee", LIST, stdin="\n".join(lines) + "\n")
        site.sshd("n1", "restart")
        return key

    yield again
    for node, files in before.items():
        for name, text in files.items():
            site.run(node, "tee", name, stdin=text)
    site.sshd("n1", "restart")


@pytest.fixture
def own_key(site: Site) -> None:
    """Let the login node's own ssh into the compute nodes."""
    site.as_user(OWN_KEY)


def _saved(site: Site, node: str) -> dict[str, str]:
    names = (LIST,) if node == "login" else (KEY, f"{KEY}.pub")
    return {name: site.run(node, "cat", name).stdout for name in names}


def kept(worker: Path) -> list[str]:
    """The keys that we have of n1."""
    lines = (worker / "state/known_hosts").read_text().splitlines()
    return [line.split(" ", 1)[1] for line in lines if line.startswith("n1.")]


async def disconnected(dashboard: FrontEnd) -> tuple[str, str]:
    """Start a server and close its tunnel; its job and the key of its node."""
    launch = await dashboard.launch()
    assert launch.problem is None
    await dashboard.client.request(protocol.Disconnect(launch.tunnel))
    return launch.job, launch.tunnel


async def test_a_new_key_that_the_login_node_has_is_offered_with_both_fingerprints(
    dashboard: FrontEnd, worker: Path, reinstall: Reinstall
) -> None:
    job, _ = await disconnected(dashboard)
    [old] = kept(worker)
    new = reinstall()
    dashboard.answers = ["trust"]
    tunnel = await dashboard.connect(job)
    assert browser.get(await dashboard.url(tunnel.id), "/api/status")
    [prompt] = dashboard.prompts
    assert prompt.host_key
    assert prompt.host_key.fingerprint == fingerprint(new.split()[1])
    assert prompt.host_key.replaces == f"ssh-ed25519 {fingerprint(old.split()[1])}"
    assert kept(worker) == [new]


@pytest.mark.usefixtures("own_key")
async def test_a_new_key_is_offered_on_the_relay_route_too(
    cluster: Cluster, worker: Path, reinstall: Reinstall
) -> None:
    async with attached(replace(cluster, route="relay")) as dashboard:
        await dashboard.log_in()
        job, _ = await disconnected(dashboard)
        new = reinstall()
        dashboard.answers = ["trust"]
        tunnel = await dashboard.connect(job)
        assert (tunnel.ready, kept(worker), len(dashboard.prompts)) == (True, [new], 1)


async def test_a_no_leaves_the_old_key_and_no_tunnel(
    dashboard: FrontEnd, worker: Path, reinstall: Reinstall
) -> None:
    job, _ = await disconnected(dashboard)
    before = kept(worker)
    reinstall()
    dashboard.answers = ["no"]
    with pytest.raises(JupystraError, match="was not accepted"):
        await dashboard.connect(job)
    assert kept(worker) == before


@pytest.mark.parametrize(
    ("known", "title"),
    [({"listed": False}, "has changed: this may not be"), ({"revoked": True}, "is revoked")],
)
async def test_a_new_key_that_nobody_confirms_is_a_full_stop(
    dashboard: FrontEnd, worker: Path, reinstall: Reinstall, known: dict[str, bool], title: str
) -> None:
    job, _ = await disconnected(dashboard)
    [old] = kept(worker)
    new = reinstall(**known)
    with pytest.raises(JupystraError, match=title) as caught:
        await dashboard.connect(job)
    assert fingerprint(new.split()[1]) in caught.value.detail
    assert fingerprint(old.split()[1]) in caught.value.detail
    assert (dashboard.prompts, kept(worker)) == ([], [old])


async def test_a_tunnel_that_comes_back_by_itself_waits_for_the_person(
    dashboard: FrontEnd, cluster: Cluster, site: Site, worker: Path, reinstall: Reinstall
) -> None:
    launch = await dashboard.launch()
    new = reinstall()
    site.kill_sessions("n1")
    await dashboard.until(
        lambda: any(one.state is TunnelState.WAITING for one in dashboard.tunnels),
        "the tunnel to wait for the person",
        60,
    )
    assert dashboard.prompts == []
    dashboard.answers = ["trust"]
    tunnel = await dashboard.connect(launch.job)
    assert (tunnel.ready, kept(worker)) == (True, [new])
