"""The connect script: a POSIX shell program by which any computer with OpenSSH reaches one job's server."""

import re
import time
from pathlib import Path

from jupystra_tui.apps.discovery import DiscoveredServer
from jupystra_tui.apps.folder import folder_of
from jupystra_tui.apps.quoting import quoted
from jupystra_tui.model import Cluster
from jupystra_tui.model.address import checked_path
from jupystra_tui.model.names import host_name, job_id
from jupystra_tui.text import clean

_BODY = Path(__file__).with_name("connect.sh")


def connect_script(
    cluster: Cluster,
    user: str,
    query: tuple[str, str],
    found: DiscoveredServer,
    address: tuple[str, int] = ("", 0),
    unset: tuple[str, ...] = (),
) -> str:
    """Return the script for a server; it holds no token, and asks again where the server is each time it runs.

    `user` is the login that it was made with, `address` what the cluster's host stands for in the ssh configuration
    here, for computers that do not have it. `query` is a shell command that prints the job's state and the sed program
    that reads it; `unset` are variables that would change what the scheduler prints. Raises ValueError for a job id,
    tag, node or port that cannot be one, TunnelError for a base path that is refused.
    """
    server, access = found.server, found.access
    _check(found)
    facts = {
        "cluster": clean(cluster.name),
        "host": cluster.host,
        "address": address[0],
        "address_port": str(address[1] or 22),
        "login": user,
        "port_of_login": str(cluster.port or ""),
        "config": cluster.ssh_config,
        "route": "chain" if cluster.route == "relay" else "node",
        "job": server.job,
        "tag": server.tag,
        "node": server.node,
        "port": str(server.port),
        "path": server.path,
        "ready": access.ready,
        "page": access.page,
        "header_start": access.header.partition("{token}")[0],
        "header_end": access.header.partition("{token}")[2],
        "query_name": access.query,
        "runtime": access.runtime,
        "unset": " ".join(unset),
        "query": query[0],
        "states": query[1],
    }
    head = (
        "#!/bin/sh",
        f"# Connects to the server ({clean(access.title)}) of job {clean(server.job)} on {clean(cluster.name)}.",
        f"# Made by jupystra-tui on {time.strftime('%Y-%m-%d at %H:%M')}; it holds no password and no token.",
        "# Run it on any Linux or macOS computer with OpenSSH: sh THIS_FILE [login_ID]; -h prints help.",
        "# shellcheck disable=SC2016,SC2317 # quotes within quotes, and a function that a trap calls",
        *(f"{name}={quoted(value)}" for name, value in facts.items()),
        "",
    )
    return "\n".join(head) + _BODY.read_text(encoding="utf-8")


def _check(found: DiscoveredServer) -> None:
    server = found.server
    if not job_id(server.job):
        raise ValueError(f"{server.job!r} is not a job id")
    folder_of(server.tag)
    checked_path(server.path)
    if not host_name(server.node):
        raise ValueError(f"{server.node!r} is not a node")
    if not 0 < server.port < 65536:
        raise ValueError(f"{server.port} is not a port")
    if found.access.problem[0]:
        raise ValueError(" ".join(found.access.problem))


def script_name(cluster: str, job: str) -> str:
    """Return the file's name: `connect-hpc-4711.sh`."""
    words = (re.sub(r"[^A-Za-z0-9._-]+", "-", word).strip("-.") for word in (cluster, job))
    return f"connect-{'-'.join(words)}.sh"
