"""The cluster as it comes up: what the other stories of this folder may rely on."""

import json
import sys
import tempfile
from pathlib import Path

import pytest

from . import etc, users
from .site import Site
from .stories import ssh, state, submit
from .wait import until


def test_login_shows_the_banner_and_the_noise_of_bashrc(site: Site) -> None:
    done = ssh(site, site.login_alias, "id -un; hostname")
    assert done.stdout.splitlines() == [users.NOISE, site.user, "login"]
    assert done.stderr == etc.BANNER


def test_a_login_shell_shows_the_message_of_the_day(site: Site) -> None:
    done = ssh(site, "-tt", site.login_alias, stdin="exit\n")
    assert etc.MOTD.strip() in done.stdout


def test_tess_logs_in_to_tcsh(site: Site, tess: str) -> None:
    done = ssh(site, f"hpc-{tess}", "echo $version")
    assert done.stdout.startswith(f"{users.NOISE}\ntcsh")


def test_a_batch_job_writes_to_the_shared_home(site: Site) -> None:
    job = submit(site, "hostname; command -v jupyter", "--nodelist=n1")
    until(lambda: state(site, job) == "COMPLETED", "the job to complete")
    noise, host, jupyter = (site.home / "job.log").read_text().splitlines()
    assert (noise, host) == (users.NOISE, "n1")
    assert Path(jupyter).name == "jupyter"


def test_jobs_start_at_once_and_go_quickly(site: Site) -> None:
    job = submit(site, "sleep 60", "--partition=tiny")
    until(lambda: state(site, job) == "RUNNING", "the job to start", 2)
    site.as_user(f"scancel {job}")
    until(lambda: state(site, job) == "CANCELLED", "the job to end", 5)


def test_there_is_no_accounting(site: Site) -> None:
    done = site.as_user("sacct", check=False)
    assert done.returncode == 1
    assert done.stderr == "Slurm accounting storage is disabled\n"


def test_a_compute_node_is_reached_through_login_and_known_only_there(site: Site, tmp_path: Path) -> None:
    strict = ("-o", "StrictHostKeyChecking=yes", "-J", site.login_alias, "-l", site.user)
    assert "Host key verification failed" in ssh(site, *strict, "n1", "true").stderr
    known = tmp_path / "known_hosts"
    known.write_text(site.run("login", "cat", "/etc/ssh/ssh_known_hosts").stdout)
    for node in ("n1", "n2"):
        done = ssh(site, "-o", f"GlobalKnownHostsFile={known}", *strict, node, "hostname")
        assert done.stdout.split("\n")[1] == node


def test_jupyterlab_runs_on_a_compute_node(site: Site) -> None:
    submit(site, "exec jupyter lab --no-browser --ServerApp.port=9123", "--nodelist=n2")
    runtime = site.home / ".local/share/jupyter/runtime"
    until(lambda: list(runtime.glob("jpserver-*.json")), "JupyterLab to start", 30)
    server = json.loads(next(runtime.glob("jpserver-*.json")).read_text())
    ask = f"import urllib.request as u; print(u.urlopen('{server['url']}api/status?token={server['token']}').status)"
    until(lambda: site.run("n2", sys.executable, "-c", ask, check=False).stdout == "200\n", "an answer", 20)


@pytest.mark.parametrize("node", ["login", "n1"])
def test_nodes_hide_the_laptop(site: Site, node: str) -> None:
    with tempfile.NamedTemporaryFile(dir="/tmp") as file:
        assert site.run(node, "test", "-e", file.name, check=False).returncode == 1
    assert {*site.users} <= {*site.run(node, "ls", "/home").stdout.split()}
