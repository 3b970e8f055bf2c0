"""Arrays on LSF: elements that wait are one row, and a kill ends the elements it named and nothing else."""

import subprocess

from jupystra_tui.demo import PracticeCluster
from jupystra_tui.model import JobState, KillPart

from ..front_end import FrontEnd

P, R = JobState.PENDING, JobState.RUNNING


def run(practice: PracticeCluster, command: str) -> str:
    argv = ["ssh", "-F", str(practice.ssh_config), practice.alias, command]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True).stdout


def said(parts: tuple[KillPart, ...]) -> str:
    return ", ".join(f"{part.id} {part.state.value}" for part in parts)


async def test_a_kill_names_elements_and_ends_only_these(
    dashboard: FrontEnd, practice: PracticeCluster
) -> None:
    array = run(practice, "bsub -J 'sweep[1-6]%1' sleep 300").partition("<")[2].partition(">")[0]
    key = f"{array}_[waiting]"

    def waits(elements: str) -> bool:
        rows = {job.key: job for job in dashboard.snapshot.jobs if job.array == array}
        return (key in rows and rows[key].tasks == elements) if elements else key not in rows

    await dashboard.until(lambda: waits("2-6"), "the first element to run", 30)
    waiting = dashboard.job(key)
    assert waiting
    assert (waiting.id, waiting.name) == (f"{array}[2-6]", "sweep")
    asked = await dashboard.plan_kill(waiting.id)
    assert said(asked.parts) == f"{array}[2-6] pending"
    run(practice, f"bkill '{array}[1]'")
    await dashboard.until(lambda: waits("3-6"), "the second element to run", 30)
    assert said((await dashboard.plan_kill(array)).parts) == f"{array}[2] running, {array}[3-6] pending"
    outcome = await dashboard.confirm(*asked.parts)
    assert said(outcome.parts) == f"{array}[3-6] pending"
    assert said(outcome.ask) == f"{array}[2] running"
    await dashboard.until(lambda: waits(""), "the others to be gone", 30)
    assert f"{array}[2]" in {job.id for job in dashboard.snapshot.jobs if job.state is R}
    await dashboard.confirm(*outcome.ask)
    await dashboard.until(
        lambda: {job.killable for job in dashboard.snapshot.jobs if job.array == array} == {False},
        "the array to be over",
        30,
    )
    assert (await dashboard.plan_kill(array)).missing == (array,)
