"""The connect script on a real cluster: from any computer, to where the server is now."""

import asyncio
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from jupystra_tui import protocol
from tests.cluster import browser

from ..front_end import FrontEnd

WAIT = 30


async def made(dashboard: FrontEnd, job: str) -> Path:
    outcome = await dashboard.client.ask(protocol.MakeScript(dashboard.cluster.name, job))
    assert isinstance(outcome, protocol.ScriptMade)
    return Path(outcome.path)


def run(shell: str, script: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [shell, str(script), *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip


def left_over(folders: set[str]) -> set[str]:
    return {name for name in os.listdir("/tmp") if name.startswith("jupystra.")} - folders


async def test_it_reaches_the_server_from_any_shell_and_leaves_nothing(dashboard: FrontEnd) -> None:
    before = left_over(set())
    launch = await dashboard.launch()
    tunnel = await dashboard.until(lambda: dashboard.tunnel(launch.tunnel), "the tunnel")
    token = (await dashboard.url(tunnel.id)).partition("token=")[2]
    script = await made(dashboard, launch.job)
    assert script.stat().st_mode & 0o777 == 0o700
    assert token not in script.read_text()
    for shell in ("dash", "bash"):
        process = run(shell, script, "-L", "9100")
        assert process.stdout
        assert process.stderr
        url = (await asyncio.wait_for(asyncio.to_thread(process.stdout.readline), WAIT)).strip()
        assert re.fullmatch(rf"http://127\.0\.0\.1:91\d\d/\?token={token}", url), (
            url,
            process.communicate()[1],
        )
        assert browser.get(url, "/api/status")
        os.killpg(process.pid, signal.SIGTERM)
        await asyncio.to_thread(process.communicate, timeout=WAIT)
    assert left_over(before) == set()


async def test_it_says_that_the_job_has_ended(dashboard: FrontEnd) -> None:
    launch = await dashboard.launch()
    script = await made(dashboard, launch.job)
    await dashboard.kill(launch.job)
    await dashboard.until(lambda: (job := dashboard.job(launch.job)) and job.state.finished, "the end")
    process = run("dash", script)
    _, said = await asyncio.to_thread(process.communicate, timeout=WAIT)
    assert process.returncode == 3
    assert f"job {launch.job}" in said
    assert "has ended" in said


async def test_a_job_without_a_server_gets_none(dashboard: FrontEnd) -> None:
    with pytest.raises(Exception, match="knows no job 999"):
        await made(dashboard, "999")
