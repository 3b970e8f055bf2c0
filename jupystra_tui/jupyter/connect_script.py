"""The connect script: a POSIX shell program by which any computer with OpenSSH reaches one job's server."""

import re
import time
from pathlib import Path

from msgspec import Struct

from jupystra_tui.jupyter.folder import folder_of
from jupystra_tui.jupyter.quoting import quoted
from jupystra_tui.model import Cluster, JupyterServer
from jupystra_tui.text import clean

_BODY = Path(__file__).with_name("connect.sh")
_PLAIN = re.compile(r"[\w.\[\]-]+", re.ASCII)


class Query(Struct, frozen=True):
    """How the login node is asked for one job: a command, and sed's program from its answer to one word.

    The words are `running`, `waiting` and `over`; any other answer is none.
    """

    command: str
    states: str


def query(scheduler: str, job: str) -> Query:
    """Return the question for a job; raises ValueError for what is no job's id."""
    if not _PLAIN.fullmatch(job):
        raise ValueError(f"{job!r} is no job id")
    if scheduler == "lsf":
        return Query(
            f'bjobs -w "{job}"',
            r"s/^[0-9][][0-9]*  *[^ ]*  *RUN .*/running/p;s/^[0-9][][0-9]*  *[^ ]*  *P[SE][UN][SD].*/waiting/p;"
            r"s/^[0-9][][0-9]*  *[^ ]*  *[DE][OX][NI][ET] .*/over/p;s/.*is not found.*/over/p",
        )
    return Query(
        f'squeue -h -t all -j "{job}" -o %T',
        r"s/^RUNNING$/running/p;s/^PENDING$/waiting/p;s/^CONFIGURING$/waiting/p;s/^REQUEUE.*/waiting/p;"
        r"s/^COMPLET.*/over/p;s/^CANCELLED.*/over/p;s/^PREEMPTED$/over/p;s/^[BDFNOT][A-Z_]*$/over/p;"
        r"s/.*nvalid job id.*/over/p",
    )


def connect_script(cluster: Cluster, user: str, scheduler: str, server: JupyterServer) -> str:
    """Return the script for a server; it holds no token, and asks anew where the server is each time it runs.

    `user` is the login that it was made with. Raises ValueError for a job id or tag that is no plain word.
    """
    folder_of(server.tag)
    asked = query(scheduler, server.job)
    facts = {
        "cluster": clean(cluster.name),
        "host": cluster.host,
        "login": user,
        "port_of_login": str(cluster.port or ""),
        "config": cluster.ssh_config,
        "job": server.job,
        "tag": server.tag,
        "node": server.node,
        "port": str(server.port),
        "path": server.path,
        "query": asked.command,
        "states": asked.states,
    }
    head = (
        "#!/bin/sh",
        f"# Connects to the Jupyter server of job {clean(server.job)} on {clean(cluster.name)}.",
        f"# Made by jupystra-tui on {time.strftime('%Y-%m-%d at %H:%M')}; it holds no password and no token.",
        "# shellcheck disable=SC2016,SC2317 # quotes within quotes, and a function that a trap calls",
        "# Run it on any Linux or macOS computer with OpenSSH: sh THIS_FILE [login_ID]; -h tells more.",
        *(f"{name}={quoted(value)}" for name, value in facts.items()),
        "",
    )
    return "\n".join(head) + _BODY.read_text(encoding="utf-8")


def script_name(cluster: str, job: str) -> str:
    """Return the file's name: `connect-hpc-4711.sh`."""
    words = (re.sub(r"[^A-Za-z0-9._-]+", "-", word).strip("-.") for word in (cluster, job))
    return f"connect-{'-'.join(words)}.sh"
