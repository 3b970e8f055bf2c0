"""A tunnel that a person wants comes back by itself, on its port, whatever broke and whoever is attached."""

import asyncio
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from jupystra_tui import paths
from jupystra_tui.frontend.config import Config
from jupystra_tui.model import Cluster, Tunnel, TunnelState
from jupystra_tui.ui.app import JupystraApp
from tests.ui.conftest import until as seen

from ..front_end import FrontEnd, attached, kill_ssh, kill_worker, ssh_processes, worker_pid
from . import browser
from .site import Site
from .wait import until

LIMIT = 20.0
"""Seconds in which a tunnel must be back on a machine that is busy with other tests; alone it takes less than 5."""


class Kept:
    """A server, and its address as a browser tab has it open."""

    def __init__(self, job: str, url: str) -> None:
        self.job = job
        self.url = url
        parts = urlsplit(url)
        self.port = parts.port or 0
        self.token = parse_qs(parts.query)["token"][0]

    def answers(self) -> bool:
        try:
            return bool(browser.get(self.url, "/api/status"))
        except (OSError, ValueError):
            return False

    async def back(self, what: str, seconds: float = LIMIT) -> float:
        """Wait until the server answers at the old address; returns how long that took."""
        began = time.monotonic()
        while not await asyncio.to_thread(self.answers):
            assert time.monotonic() - began < seconds, f"no answer for {seconds:.0f} s after {what}"
            await asyncio.sleep(0.1)
        print(f"{what}: back after {time.monotonic() - began:.1f} s")
        return time.monotonic() - began


@pytest.fixture
async def kept(cluster: Cluster, worker: Path) -> Kept:
    """A server with a tunnel, started by a front end that has left."""
    async with attached(cluster) as front_end:
        await front_end.log_in()
        launch = await front_end.launch()
        assert launch.ready, launch.problem
        return Kept(launch.job, await front_end.url(launch.tunnel))


@contextmanager
def thief(port: int) -> Iterator[list[bytes]]:
    """Another program that listens at a port of the laptop; what it hears."""
    heard: list[bytes] = []
    until(lambda: free(port), "the port to be free")  # the kernel takes a moment with what was killed
    listener = socket.create_server(("127.0.0.1", port))

    def listen() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.settimeout(1)
            try:
                heard.append(connection.recv(65536))
            except OSError:
                heard.append(b"")
            connection.close()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


async def wanted(*jobs: str) -> None:
    """Wait until the file names these jobs, whose tunnels are wanted."""
    file = paths.state_folder() / "wanted.json"

    def written() -> bool:
        assert file.stat().st_mode & 0o777 == 0o600
        return [one["job"] for one in json.loads(file.read_text())["tunnels"]] == [*jobs]

    await asyncio.to_thread(until, written, f"{jobs} to be wanted")


def free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def only(front_end: FrontEnd, state: TunnelState) -> Tunnel | None:
    return next((one for one in front_end.tunnels if one.state is state), None)


async def test_ssh_that_is_killed_with_nobody_attached_is_started_again_at_once(
    kept: Kept, worker: Path
) -> None:
    assert await asyncio.to_thread(kept.answers)
    kill_ssh(worker)
    await kept.back("ssh was killed")
    assert len(ssh_processes(worker)) == 1


async def test_no_other_program_gets_the_port_while_ssh_is_away_and_nothing_piles_up(
    kept: Kept, worker: Path
) -> None:
    def held() -> tuple[int, int]:
        process = Path(f"/proc/{worker_pid()}")
        return len(list((process / "fd").iterdir())), len(list((process / "task").iterdir()))

    files, threads = held()
    for _ in range(4):
        kill_ssh(worker)
        assert not free(kept.port)
        await kept.back("ssh was killed")
    await asyncio.to_thread(
        until, lambda: held()[0] <= files and held()[1] <= threads, f"no more than {files, threads}", 20
    )


async def test_a_worker_that_is_killed_is_replaced_by_the_dashboard_without_a_key(
    kept: Kept, cluster: Cluster
) -> None:
    app = JupystraApp(Config())
    async with app.run_test(size=(120, 40)) as pilot:
        await seen(pilot, lambda: app.tunnels and app.tunnels[0].ready)
        before = worker_pid()
        kill_worker()
        await kept.back("the worker was killed, with the dashboard attached")
        assert worker_pid() != before
        await seen(pilot, lambda: app.tunnels[0].ready)
        assert (app.tunnels[0].job, app.tunnels[0].local_port) == (kept.job, kept.port)


async def test_the_next_front_end_after_a_crash_gets_the_tunnels_back_without_logging_in(
    kept: Kept, cluster: Cluster
) -> None:
    kill_worker()
    async with attached(cluster) as front_end:
        await kept.back("the worker was killed, with nobody attached")
        tunnel = await front_end.until(lambda: only(front_end, TunnelState.UP), "the tunnel")
        assert (tunnel.job, tunnel.local_port) == (kept.job, kept.port)
        assert front_end.prompts == []


async def test_a_node_that_lets_nobody_in_for_a_while_is_tried_again_until_it_does(
    kept: Kept, cluster: Cluster, site: Site
) -> None:
    async with attached(cluster) as front_end:
        tunnel = await front_end.until(lambda: only(front_end, TunnelState.UP), "the tunnel")
        site.sshd(tunnel.node, "stop")
        site.kill_sessions(tunnel.node)
        seen = await front_end.until(lambda: only(front_end, TunnelState.RETRYING), "the break")
        assert seen.problem
        assert seen.retry_at
        await asyncio.sleep(float(os.environ.get("OUTAGE", "4")))
        assert not await asyncio.to_thread(kept.answers)
        site.sshd(tunnel.node, "start")
        await kept.back("the node's sshd came back")


async def test_a_port_that_was_stolen_is_said_and_neither_used_nor_exchanged(
    kept: Kept, cluster: Cluster
) -> None:
    kill_worker()
    with thief(kept.port) as heard:
        async with attached(cluster) as front_end:
            await front_end.log_in()
            tunnel = await front_end.until(lambda: only(front_end, TunnelState.WAITING), "the refusal")
            assert tunnel.local_port == kept.port
            assert tunnel.reason == f"Port {kept.port} was taken by another program"
            assert tunnel.problem
            taken = front_end.snapshot.taken
            await front_end.until(lambda: front_end.snapshot.taken > taken, "the next poll")
            assert [one.local_port for one in front_end.tunnels] == [kept.port]
    assert heard == []
    await kept.back("the other program ended")


async def test_a_person_may_choose_another_port_for_a_stolen_one(kept: Kept, cluster: Cluster) -> None:
    kill_worker()
    with thief(kept.port) as heard:
        async with attached(cluster) as front_end:
            await front_end.log_in()
            await front_end.until(lambda: only(front_end, TunnelState.WAITING), "the refusal")
            tunnel = await front_end.connect(kept.job)
            assert tunnel.local_port != kept.port
            assert browser.get(await front_end.url(tunnel.id), "/api/status")
    assert heard == []


async def test_a_job_that_is_over_ends_what_is_wanted_and_then_the_worker(
    kept: Kept, cluster: Cluster
) -> None:
    await wanted(kept.job)
    async with attached(cluster) as front_end:
        await front_end.log_in()
        await front_end.kill(kept.job)
        tunnel = await front_end.until(lambda: only(front_end, TunnelState.ENDED), "the end", 40)
        assert tunnel.reason == "its job has ended"
    await wanted()
    assert free(kept.port)
    socket_file = paths.runtime_folder() / "worker.sock"
    await asyncio.to_thread(until, lambda: not socket_file.exists(), "the worker to end", 40)


async def test_a_job_that_was_requeued_gets_its_tunnel_back_on_its_new_node(
    kept: Kept, cluster: Cluster, site: Site
) -> None:
    async with attached(cluster) as front_end:
        before = await front_end.until(lambda: only(front_end, TunnelState.UP), "the tunnel")
        site.node_fail(before.node)
        await front_end.until(lambda: only(front_end, TunnelState.RESOLVING), "the requeued job", 30)
        site.run("login", "scontrol", "update", f"JobId={kept.job}", "StartTime=now")
        after = await front_end.until(
            lambda: next((one for one in front_end.tunnels if one.ready and one.node != before.node), None),
            "the tunnel on another node",
            90,
        )
        assert after.local_port == kept.port
        await wanted(kept.job)
