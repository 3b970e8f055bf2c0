"""The ssh servers of the login node and of the compute nodes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import paramiko

from jupystra_tui.demo.demo_queue import DemoQueue
from jupystra_tui.demo.forward import connect, relay
from jupystra_tui.demo.inventory import Inventory
from jupystra_tui.demo.sshd import Account, ForwardRefused, HostRules, Route, SshHost

SSH_PORT = 22
LOOPBACK = ("127.0.0.1", "localhost")
BANNER = "Practice cluster: everything here runs on your own machine and ends with it.\n"
NO_JOB_HERE = "Access denied: user {user} (uid={uid}) has no active jobs on this node.\n"
HANG_UP_SECONDS = 1.0


class DemoHosts:
    """The site's ssh servers; `compute_ssh` is "open", "job" (only where one has a job) or "closed"."""

    def __init__(
        self,
        inventory: Inventory,
        keys: Mapping[str, paramiko.PKey],
        account: Account,
        uid: int,
        queue: DemoQueue,
    ) -> None:
        self.compute_ssh = "open"
        self._queue = queue
        self._denial = NO_JOB_HERE.format(user=account.name, uid=uid)
        self.login = SshHost(
            HostRules(inventory.login, BANNER, lambda: None, self._route_from_login),
            keys[inventory.login],
            account,
        )
        self._nodes = {
            node.name: SshHost(
                HostRules(node.name, "", self._refusal_of(node.name), _route_on_node),
                keys[node.name],
                account,
            )
            for node in inventory.nodes
        }

    def set_compute_ssh(self, who: str) -> None:
        """Change who may ssh to compute nodes; connections that are open stay."""
        if who not in ("open", "job", "closed"):
            raise ValueError(who)
        self.compute_ssh = who

    def fail_node(self, node: str, requeue_seconds: float) -> None:
        """Make a node fail, with its jobs and its connections."""
        self._queue.fail_node(node, requeue_seconds)
        self._nodes[node].drop()

    def drop(self) -> None:
        """Close every connection."""
        for host in (*self._nodes.values(), self.login):
            host.drop()

    def close(self) -> None:
        """Close every connection, and end the commands that still run in them."""
        self.drop()
        hosts = (self.login, *self._nodes.values())
        sessions = [session for host in hosts for session in list(host.sessions)]
        give_up = time.monotonic() + HANG_UP_SECONDS
        for session in sessions:
            session.finish(max(0.0, give_up - time.monotonic()))

    def _route_from_login(self, host: str, port: int) -> Route:
        if host not in self._nodes:
            raise ForwardRefused(host)
        if port != SSH_PORT or host in self._queue.down():
            raise ConnectionRefusedError(host, port)
        return self._nodes[host].serve

    def _refusal_of(self, node: str) -> Callable[[], str | None]:
        def refusal() -> str | None:
            if self.compute_ssh == "closed":
                return ""
            here = any(job.active and job.node == node for job in self._queue.jobs())
            return self._denial if self.compute_ssh == "job" and not here else None

        return refusal


def _route_on_node(host: str, port: int) -> Route:
    if host not in LOOPBACK:
        raise ForwardRefused(host)
    endpoint = connect(port)
    return lambda channel: relay(channel, endpoint)
