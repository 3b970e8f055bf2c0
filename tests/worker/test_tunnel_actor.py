"""A wanted tunnel: it comes back by itself where it can, and says what it needs where it cannot."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from jupystra_tui.apps.discovery import DiscoveredServer
from jupystra_tui.errors import AuthError, ConnectError, HostKeyError, JupystraError, TunnelError
from jupystra_tui.model import JobState, Layer, SessionPhase, Tunnel, TunnelState
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.node_errors import node_error
from jupystra_tui.worker import node_route, server_check, tunnel_records, tunnels
from jupystra_tui.worker.event_hub import EventHub
from jupystra_tui.worker.open_prompts import Unattended
from jupystra_tui.worker.tunnels import TunnelSupervisor
from jupystra_tui.worker.wanted_tunnels import WantedTunnel

from ..ordering import free_port
from .tunnel_parts import Login, Ways, server


@pytest.fixture
def found() -> Iterator[DiscoveredServer]:
    with server() as found:
        yield found


@pytest.fixture
def session(found: DiscoveredServer) -> Any:
    return Login(found)


@pytest.fixture
async def ways(monkeypatch: pytest.MonkeyPatch) -> Ways:
    ways = Ways()
    monkeypatch.setattr(node_route, "start_route", ways.start)
    monkeypatch.setattr(tunnel_records, "FIRST_PORT", free_port())
    return ways


@pytest.fixture
async def supervisor(tmp_path: Path, ways: Ways) -> AsyncIterator[TunnelSupervisor]:
    supervisor = TunnelSupervisor(EventHub(), Folders(tmp_path, tmp_path))
    yield supervisor
    await supervisor.aclose()


def only(supervisor: TunnelSupervisor) -> Tunnel:
    actor = supervisor.find("hpc", "42")
    assert actor
    return actor.shown


async def until(condition: Callable[[], object], what: str) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"waited 10 s for {what}")


async def test_two_who_connect_at_once_get_one_tunnel(
    supervisor: TunnelSupervisor, session: Any, ways: Ways
) -> None:
    both = await asyncio.gather(*(supervisor.connect(session, "42") for _ in range(2)))
    assert both == ["1", "1"]
    assert len(ways.made) == 1


async def test_a_way_that_ends_is_opened_again_at_once_without_news_of_the_queue(
    supervisor: TunnelSupervisor, session: Any, ways: Ways
) -> None:
    await supervisor.connect(session, "42")
    port = only(supervisor).local_port
    ways.made[0].ended.set()
    await until(lambda: len(ways.made) == 2 and only(supervisor).ready, "the tunnel")
    assert ways.made[0].closed
    assert only(supervisor).local_port == port
    assert ways.attended[1] is False


async def test_reconnecting_opens_another_way_and_waits_for_it(
    supervisor: TunnelSupervisor, session: Any, ways: Ways
) -> None:
    await supervisor.connect(session, "42")
    assert await supervisor.reconnect("1") == "1"
    assert only(supervisor).ready
    assert [way.closed for way in ways.made] == [True, False]


async def test_what_may_heal_is_tried_again_and_says_when(
    supervisor: TunnelSupervisor, session: Any, ways: Ways
) -> None:
    await supervisor.connect(session, "42")
    ways.errors = [TunnelError("no route", "Wait.") for _ in range(3)]
    ways.made[0].ended.set()
    await until(lambda: only(supervisor).state is TunnelState.RETRYING, "the failure")
    await until(lambda: only(supervisor).reason == "no route", "the reason")
    assert only(supervisor).retry_at > 0
    assert supervisor.wanted == 1
    await until(lambda: only(supervisor).ready, "the tunnel")
    assert len(ways.made) == 5


@pytest.mark.parametrize(
    "error",
    [
        Unattended(),
        AuthError("ada@n1: the answer was not accepted 3 times"),
        HostKeyError("The host key of n1 is revoked"),
        node_error("channel 2: open failed: administratively prohibited: open failed", None),
        node_error("ada@n1: Permission denied (publickey).", None),
    ],
    ids=lambda error: error.title,
)
async def test_what_only_a_person_can_heal_waits_for_them(
    supervisor: TunnelSupervisor, session: Any, ways: Ways, error: JupystraError
) -> None:
    await supervisor.connect(session, "42")
    ways.errors = [error]
    ways.made[0].ended.set()
    await until(lambda: only(supervisor).state is TunnelState.WAITING, "the question")
    assert only(supervisor).reason == error.title
    await supervisor.settle(session)
    supervisor.session_changed("hpc")
    await asyncio.sleep(0.1)
    assert len(ways.made) == 2
    assert supervisor.wanted == 1
    assert await supervisor.reconnect("1") == "1"
    assert ways.attended[2] is True


async def test_a_person_who_connects_hears_at_once_what_is_needed(
    supervisor: TunnelSupervisor, session: Any, ways: Ways
) -> None:
    ways.errors = [AuthError("wrong three times")]
    with pytest.raises(AuthError, match="wrong three times"):
        await supervisor.connect(session, "42")


async def test_while_the_session_is_away_the_tunnel_waits_for_it_and_not_for_a_timer(
    supervisor: TunnelSupervisor, session: Any, ways: Ways
) -> None:
    await supervisor.connect(session, "42")
    session.phase(SessionPhase.LOST)
    ways.made[0].ended.set()
    await until(lambda: only(supervisor).reason == "The connection to hpc is lost", "the word")
    session.phase(SessionPhase.WAITING)
    supervisor.session_changed("hpc")
    await until(lambda: only(supervisor).state is TunnelState.WAITING, "the question")
    session.phase(SessionPhase.UP)
    supervisor.session_changed("hpc")
    await until(lambda: only(supervisor).ready, "the tunnel")
    assert len(ways.made) == 2


async def test_a_requeued_job_is_waited_for_and_one_that_is_over_ends_the_tunnel(
    supervisor: TunnelSupervisor, session: Any, ways: Ways, found: DiscoveredServer
) -> None:
    await supervisor.connect(session, "42")
    await supervisor.settle(session)
    running = session.watcher.one
    session.watcher.one = replace(running, state=JobState.PENDING, node="")
    session.watcher.servers = {}
    await supervisor.settle(session)
    await until(lambda: only(supervisor).state is TunnelState.RESOLVING, "the wait")
    assert supervisor.wanted == 1
    session.watcher.one = replace(running, node="n2")
    moved = DiscoveredServer(replace(found.server, node="n2"), found.token)
    session.watcher.servers = {"42": moved}
    await supervisor.settle(session)
    await until(lambda: only(supervisor).ready and only(supervisor).node == "n2", "the other node")
    session.watcher.one = replace(running, state=JobState.CANCELLED)
    await supervisor.settle(session)
    assert only(supervisor).state is TunnelState.ENDED
    assert supervisor.wanted == 0
    assert ways.made[-1].closed


async def test_a_server_that_moved_to_another_port_of_its_node_costs_no_new_way(
    supervisor: TunnelSupervisor, session: Any, ways: Ways
) -> None:
    await supervisor.connect(session, "42")
    with server() as other:
        session.watcher.servers = {"42": other}
        await supervisor.settle(session)
        await until(
            lambda: only(supervisor).ready and only(supervisor).remote_port == other.server.port, "it"
        )
    assert len(ways.made) == 1


async def test_another_port_of_the_laptop_is_taken_without_a_break(
    supervisor: TunnelSupervisor, session: Any, ways: Ways
) -> None:
    await supervisor.connect(session, "42")
    other = free_port()
    await supervisor.connect(session, "42", other)
    assert only(supervisor).local_port == other
    assert len(ways.made) == 1


async def test_closing_while_it_opens_answers_who_waits_and_leaves_nothing(
    supervisor: TunnelSupervisor, session: Any, ways: Ways
) -> None:
    before = asyncio.all_tasks()
    ways.gate.clear()
    connecting = asyncio.create_task(supervisor.connect(session, "42"))
    await until(lambda: ways.made, "the way")
    await supervisor.close("1")
    with pytest.raises(TunnelError, match="closed before it was open"):
        await connecting
    assert ways.made[0].closed
    assert asyncio.all_tasks() == before


async def test_a_route_that_broke_with_the_network_is_shown_as_a_network_failure(
    supervisor: TunnelSupervisor, session: Any, ways: Ways
) -> None:
    await supervisor.connect(session, "42")
    ways.errors = [node_error("client_loop: send disconnect: Broken pipe", None) for _ in range(50)]
    session.up = False
    ways.made[0].ended.set()
    await until(lambda: only(supervisor).problem, "the reason")
    problem = only(supervisor).problem
    assert problem
    assert problem.layer is Layer.NETWORK
    session.online = False
    await until(
        lambda: (now := only(supervisor).problem) and now.layer is Layer.LAPTOP_OFFLINE, "the next reason"
    )


async def test_a_server_that_stops_answering_while_the_network_is_down_is_shown_as_a_network_failure(
    supervisor: TunnelSupervisor, session: Any, ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_check, "PAUSE", 0.05)
    await supervisor.connect(session, "42")
    session.up = False

    async def silent(check: object, port: int) -> dict[str, Any]:
        raise TunnelError("Jupyter does not answer", layer=Layer.SERVER_GONE)

    monkeypatch.setattr(server_check.ServerCheck, "ask", silent)
    await until(lambda: not only(supervisor).ready, "the failure")
    problem = only(supervisor).problem
    assert problem
    assert problem.layer is Layer.NETWORK


async def test_who_waits_too_long_hears_the_last_reason(
    supervisor: TunnelSupervisor, session: Any, ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tunnels, "PATIENCE", 0.5)
    ways.errors = [ConnectError("the node is away") for _ in range(50)]
    with pytest.raises(ConnectError, match="the node is away"):
        await supervisor.connect(session, "42")
    assert supervisor.wanted == 1


async def test_a_port_that_another_program_has_is_not_exchanged_before_a_person_says_so(
    supervisor: TunnelSupervisor, session: Any, ways: Ways
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as thief:
        port = thief.getsockname()[1]
        supervisor.restore(session, WantedTunnel(session.cluster, "42", "jupyter", port))
        await supervisor.settle(session)
        await until(lambda: only(supervisor).state is TunnelState.WAITING, "the refusal")
        assert only(supervisor).reason == f"Port {port} was taken by another program"
        assert (only(supervisor).local_port, ways.made) == (port, [])
        assert await supervisor.connect(session, "42") == "1"
        assert only(supervisor).local_port != port


async def test_a_person_may_choose_another_port_while_the_old_one_is_tried(
    supervisor: TunnelSupervisor, session: Any
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as thief:
        port = thief.getsockname()[1]
        supervisor.restore(session, WantedTunnel(session.cluster, "42", "jupyter", port))
        await asyncio.sleep(0)
        assert await supervisor.connect(session, "42") == "1"
        assert only(supervisor).local_port != port


async def test_what_is_restored_comes_back_on_its_port_without_a_question(
    supervisor: TunnelSupervisor, session: Any, ways: Ways
) -> None:
    port = free_port()
    supervisor.restore(session, WantedTunnel(session.cluster, "42", "jupyter", port))
    await supervisor.settle(session)
    await until(lambda: only(supervisor).ready, "the tunnel")
    assert only(supervisor).local_port == port
    assert ways.attended == [False]
