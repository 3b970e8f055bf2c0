"""From `jupystra start --wait --json` to its answer, against the same by hand over one open connection.

Alone, `python -m tests.bench.start [SSH_CONFIG HOST]` measures on a Slurm cluster of yours instead of the practice one.
"""

import json
import os
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from tempfile import TemporaryDirectory

from jupystra_tui.demo import PracticeCluster
from jupystra_tui.verbs import stop_worker

from ..ordering import free_port

ROUNDS = 5
FLAGS = ("-W", "10", "-R", "500M")
SCRIPT = """#!/bin/bash -l
export JUPYTER_RUNTIME_DIR=$(mktemp -d) JUPYTER_TOKEN=by-hand
type -P jupyter-lab >/dev/null || PATH=$(bash -ic env </dev/null 2>/dev/null | sed -n 's/^PATH=//p')
exec jupyter-lab --no-browser --ip=127.0.0.1 --port={port} --ServerApp.port_retries=0
"""


def report() -> None:
    """Measure on the practice cluster."""
    with PracticeCluster(queue_seconds=0.0) as cluster:
        measure(str(cluster.ssh_config), cluster.alias)


def measure(config: str, host: str) -> None:
    """Print the medians of both ways, taken in turn; sessions and masters are open before the clock starts."""
    with TemporaryDirectory(prefix="jl-") as home:
        os.environ["JUPYSTRA_HOME"] = home
        os.environ.pop("SSH_AUTH_SOCK", None)
        ssh = ["ssh", "-F", config, "-S", f"{home}/master", host]
        subprocess.run([*ssh[:-1], "-M", "-f", "-N", host], check=True)
        try:
            rounds = [(_ours(config, host), _by_hand(config, ssh)) for _ in range(ROUNDS + 1)][1:]
        finally:
            subprocess.run([*ssh[:-1], "-O", "exit", host], stderr=subprocess.DEVNULL)
            stop_worker()
    ours, hand = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratio = statistics.median(mine / theirs for mine, theirs in rounds)
    print(f"start to answer: {ratio:.2f} times the same by hand ({ours:.2f} s, {hand:.2f} s)")


def _ours(config: str, host: str) -> float:
    verb = [sys.executable, "-m", "jupystra_tui.verbs"]
    began = time.perf_counter()
    started = subprocess.run(
        [*verb, "-F", config, "start", host, *FLAGS, "--wait", "--json", "--quiet", "--no_script"],
        check=True,
        capture_output=True,
    )
    seconds = time.perf_counter() - began
    job = json.loads(started.stdout)["job_id"]
    subprocess.run([*verb, "kill", job, "--yes"], check=True, capture_output=True)
    return seconds


def _by_hand(config: str, ssh: list[str]) -> float:
    port, local = free_port(), free_port()
    began = time.perf_counter()
    submit = "mkdir -p by-hand && cd by-hand && sbatch --parsable -t 10 --mem 500M"
    job = _said([*ssh, submit], SCRIPT.format(port=port)).splitlines()[-1]
    while not (node := _said([*ssh, f"squeue -h -j {job} -t R -o %N"]).strip()):
        time.sleep(0.1)
    jump = ["-o", f"ProxyCommand={' '.join(ssh[:-1])} -W %h:%p {ssh[-1]}", "-o", "StrictHostKeyChecking=no"]
    user = next(
        line[5:] for line in _said([*ssh[:-1], "-G", ssh[-1]]).splitlines() if line.startswith("user ")
    )
    hop = [
        "ssh",
        "-F",
        config,
        "-l",
        user,
        "-o",
        "BatchMode=yes",
        *jump,
        "-o",
        "LogLevel=ERROR",
        "-o",
        "UserKnownHostsFile=/dev/null",
    ]
    tunnel = subprocess.Popen([*hop, "-N", "-L", f"127.0.0.1:{local}:127.0.0.1:{port}", node])
    try:
        while not _answers(local):
            assert tunnel.poll() is None, "ssh to the node has ended"
            time.sleep(0.05)
        seconds = time.perf_counter() - began
    finally:
        tunnel.terminate()
        tunnel.wait()
        _said([*ssh, f"scancel {job}"])
    return seconds


def _said(argv: list[str], script: str = "") -> str:
    return subprocess.run(argv, input=script, capture_output=True, text=True, check=True).stdout


def _answers(port: int) -> bool:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/status", headers={"Authorization": "token by-hand"}
    )
    try:
        with urllib.request.urlopen(request, timeout=5):
            return True
    except (OSError, urllib.error.URLError):
        return False


if __name__ == "__main__":
    measure(*sys.argv[1:]) if sys.argv[1:] else report()
