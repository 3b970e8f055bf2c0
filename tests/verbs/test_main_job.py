"""The main job from a script, told by real processes of `jupystra` on a practice cluster."""

import json
import signal
import urllib.request
from collections.abc import Callable
from pathlib import Path

from jupystra_tui import paths
from jupystra_tui.demo import PracticeCluster

from ..ordering import CONFIGURATION, free_port
from .running import SECONDS, Running, jupystra, start, told


def answers(url: str) -> bool:
    """Whether a server answers at an address, token and all."""
    address, _, token = url.partition("?token=")
    with urllib.request.urlopen(f"{address}api/status?token={token}", timeout=SECONDS) as answer:
        return bool(answer.status == 200)


def look_often(practice: PracticeCluster) -> None:
    """Have the configuration say that the queue may be looked at each second."""
    alias = practice.alias
    text = CONFIGURATION.format(name=alias, host=alias, ssh_config=practice.ssh_config)
    paths.config_file().write_text(text)


def test_a_server_from_its_start_to_its_end(
    practice: PracticeCluster, worker: Path, opened: Callable[[], str]
) -> None:
    look_often(practice)
    status, server = told(*start(practice), "--connect", "--cmds", "cd /")
    assert status == 0, server
    assert opened() == server["url"]
    job, port = server["job_id"], server["local_port"]
    assert (server["state"], server["node"], server["ready"]) == ("running", "p1", True)
    assert server["url"].startswith(f"http://127.0.0.1:{port}/?token=")
    assert answers(server["url"])
    _, listed = told("list")
    [shown] = listed["jobs"]
    assert (shown["job_id"], shown["local_port"], shown["url"]) == (job, port, server["url"])
    headings, row = jupystra("list").out.splitlines()
    assert headings.split() == ["ID", "NAME", "STATE", "REASON", "NODE", "QUEUE", "LEFT", "PORT"]
    assert (row.split()[0], row.split()[-1]) == (job, f"127.0.0.1:{port}")
    again = jupystra("connect", job)
    assert again.out == f"Job {job} runs on p1.\n{server['url']}\n"
    assert opened() == server["url"]
    script = told("script", job)[1]["path"]
    assert server["url"].partition("?token=")[2] not in Path(script).read_text()
    other = free_port()
    status, moved = told("connect", job, "-L", str(other))
    assert (status, moved["local_port"]) == (0, other), moved
    assert answers(moved["url"])
    assert told("disconnect", job) == (0, {"closed": [job]})
    assert jupystra("disconnect", job).status == 1
    assert "Jupyter Server" in jupystra("log", job).out
    with Running("log", job, "-f", "--json") as following:
        piece = json.loads(following.prints())
        ended = following.hears(signal.SIGINT)
    assert (piece["job_id"], "Jupyter Server" in piece["text"]) == (job, True)
    assert ended.status == 130
    assert json.loads(ended.out.splitlines()[-1])["error"]["title"] == "Interrupted"
    with Running("log", job, "-f") as following:
        following.prints()
        status, killed = told("kill", job, job, "--yes")
        assert (status, killed["killed"]) == (0, [job])
        assert following.ends().status == 0
    assert told("list")[1]["jobs"][0]["state"] == "cancelled"
    assert told("kill", job, "--yes")[1]["over"] == [job]
    assert told("worker", "stop") == (0, {"stopped": True})
    assert told("worker", "stop") == (1, {"stopped": False})
    assert jupystra("worker", "log").status == 0


def test_a_login_serves_again_without_naming_its_configuration(
    slow_queue: PracticeCluster, worker: Path
) -> None:
    words = ("start", slow_queue.alias, "-R", "500M", "--json")
    first = jupystra("-F", str(slow_queue.ssh_config), *words)
    again = jupystra(*words)
    assert (first.status, again.status) == (0, 0), again.told
    assert int(again.told["job_id"]) == int(first.told["job_id"]) + 1
