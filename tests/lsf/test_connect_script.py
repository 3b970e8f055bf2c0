"""The connect script on LSF: it asks bjobs how the job is, and goes where its server is now."""

from pathlib import Path

from jupystra_tui.demo import PracticeCluster

from ..cluster import browser
from ..connecting import connected, made, refused
from ..front_end import FrontEnd
from ..ordering import free_port


async def test_it_connects_while_the_job_runs_and_says_when_it_is_over(
    dashboard: FrontEnd, practice: PracticeCluster, tmp_path: Path
) -> None:
    launch = await dashboard.launch()
    script = await made(dashboard, launch.job)
    config = tmp_path / "config"
    config.write_text(f"Host p1\n  StrictHostKeyChecking no\nHost *\n  Include {practice.ssh_config}\n")
    port = free_port()
    async with connected("dash", script, "-F", str(config), "-L", str(port)) as running:
        assert running.url.startswith(f"http://127.0.0.1:{port}/?token=")
        assert browser.get(running.url, "/api/status")
    assert "does not tell" not in running.said
    await dashboard.kill(launch.job)
    await dashboard.until(lambda: (job := dashboard.job(launch.job)) and job.state.finished, "the end")
    status, said = await refused("bash", script, "-F", str(config))
    assert (status, f"job {launch.job} on lsf has ended" in said) == (3, True)
