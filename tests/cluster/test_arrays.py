"""Arrays on a real Slurm: one row for what waits, and a kill that ends what it named and nothing else."""

from jupystra_tui.model import Job, JobState, KillPart

from ..front_end import FrontEnd
from .site import Site
from .stories import state, submit

P, R = JobState.PENDING, JobState.RUNNING


def rows(dashboard: FrontEnd, array: str) -> dict[str, Job]:
    """Return the array's rows by key."""
    return {job.key: job for job in dashboard.snapshot.jobs if job.array == array}


async def running(dashboard: FrontEnd, array: str, *tasks: int) -> None:
    """Wait until just these tasks run."""
    wanted = {str(task) for task in tasks}

    def seen() -> bool:
        return {job.tasks for job in rows(dashboard, array).values() if job.state is R} == wanted

    await dashboard.until(seen, f"tasks {wanted} of {array} to run", 30)


def said(parts: tuple[KillPart, ...]) -> str:
    return ", ".join(f"{part.id} {part.state.value}" for part in parts)


async def test_the_rest_of_an_array_stays_one_row_and_no_ghost_of_it_can_be_killed(
    dashboard: FrontEnd, site: Site
) -> None:
    array = submit(site, "sleep 300", "--array=0-5%1")
    await running(dashboard, array, 0)
    waiting = rows(dashboard, array)[f"{array}_[waiting]"]
    assert (waiting.tasks, waiting.killable) == ("1-5", True)
    asked = await dashboard.plan_kill(waiting.id)
    assert said(asked.parts) == f"{array}_[1-5] pending"
    for task in (0, 1):
        site.as_user(f"scancel {array}_{task}")
        await running(dashboard, array, task + 1)
    now = rows(dashboard, array)
    assert sorted(job.state.value for job in now.values()) == ["cancelled", "pending", "running"]
    assert now[f"{array}_[waiting]"].tasks == "3-5"
    assert (now[f"{array}_[ended]"].tasks, now[f"{array}_[ended]"].killable) == ("0-1", False)
    gone = await dashboard.plan_kill(f"{array}_[0-1]")
    assert (gone.parts, gone.missing) == ((), (f"{array}_[0-1]",))
    assert said((await dashboard.plan_kill(waiting.id)).parts) == f"{array}_2 running, {array}_[3-5] pending"
    assert said((await dashboard.plan_kill(array)).parts) == f"{array}_2 running, {array}_[3-5] pending"
    outcome = await dashboard.confirm(*asked.parts)
    assert said(outcome.parts) == f"{array}_[3-5] pending"
    assert said(outcome.ask) == f"{array}_2 running"
    await dashboard.until(lambda: f"{array}_[waiting]" not in rows(dashboard, array), "the rest to be gone")
    assert state(site, f"{array}_2") == "RUNNING"
    assert (await dashboard.confirm(*outcome.ask)).parts == outcome.ask
    await dashboard.until(lambda: set(rows(dashboard, array)) == {f"{array}_[ended]"}, "one ended row", 30)


async def test_a_kill_of_the_task_that_has_the_arrays_number_ends_no_other(
    dashboard: FrontEnd, site: Site
) -> None:
    array = submit(site, "sleep 300", "--array=0-1")
    await running(dashboard, array, 0, 1)
    last = rows(dashboard, array)[array]
    outcome = await dashboard.kill(last.id)
    assert [part.id for part in outcome.parts] == [last.id]
    other = {"0", "1"} - {last.tasks}
    await dashboard.until(lambda: state(site, last.id) == "CANCELLED" or None, "the kill")
    await running(dashboard, array, *map(int, other))


async def test_a_heterogeneous_job_is_killed_whole_and_named_once(dashboard: FrontEnd, site: Site) -> None:
    job = submit(site, "sleep 300", "-n1", ":", "-n1")
    part = await dashboard.until(lambda: dashboard.job(f"{job}+1"), "its second part")
    await dashboard.until(
        lambda: ((one := dashboard.job(part.id)) and one.state is R) or None, "it to run", 30
    )
    plan = await dashboard.plan_kill(part.id)
    assert said(plan.parts) == f"{job} running"
    await dashboard.confirm(*plan.parts)
    await dashboard.until(
        lambda: all((one := dashboard.job(f"{job}+{n}")) and one.state.finished for n in (0, 1)) or None,
        "both parts to end",
        30,
    )
