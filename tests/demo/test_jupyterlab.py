"""A real JupyterLab in a job, reached through a tunnel."""

import json
import urllib.request
from pathlib import Path

import pytest

from tests.demo.client import SECONDS, Client, forward, until
from tests.ordering import free_port

TOKEN = "practice-token"
SCRIPT = b"""#!/bin/bash -l
#SBATCH --job-name=jupyter --time=10 --mem=2G
umask 077
printf %s practice-token > token
export JUPYTER_RUNTIME_DIR=$PWD/runtime JUPYTER_TOKEN_FILE=$PWD/token
exec jupyter lab --no-browser --ip=127.0.0.1 --port=0
"""


def test_jupyterlab_runs_in_a_job_and_answers_through_a_tunnel(client: Client) -> None:
    pytest.importorskip("jupyterlab")
    job = client.ask("mkdir lab; cd lab; sbatch --parsable --output=lab.log", SCRIPT).strip()
    runtime = until(lambda: _runtime_file(client), f"a runtime file; see {client.folder}/home/lab/lab.log")
    local = free_port()
    with client.riding(client.squeue(job, "%N"), "-o", "StrictHostKeyChecking=yes") as control:
        assert forward(control, local, runtime["port"]) == 0
        status = urllib.request.Request(
            f"http://127.0.0.1:{local}/api/status", headers={"Authorization": f"token {TOKEN}"}
        )
        with urllib.request.urlopen(status, timeout=SECONDS) as answer:
            assert json.load(answer)["kernels"] == 0
    client.ask(f"scancel {job}")
    client.wait_for(job, "CANCELLED")
    assert not Path(f"/proc/{runtime['pid']}").exists()


def _runtime_file(client: Client) -> dict[str, int]:
    found: dict[str, int] = json.loads(client.ask("cat lab/runtime/jpserver-*.json 2>/dev/null || echo {}"))
    return found
