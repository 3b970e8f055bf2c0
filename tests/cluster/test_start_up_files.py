"""Start-up files, paths and output files as people have them, on a real Slurm."""

import asyncio
import re
from pathlib import Path

from msgspec.structs import replace

from jupystra_tui import protocol
from jupystra_tui.apps.app_registry import registry
from jupystra_tui.apps.script import JobVariables, batch_script
from jupystra_tui.model import Cluster, Launch
from jupystra_tui.schedulers.slurm import SCHEDULER as SLURM

from ..front_end import SMALL, FrontEnd, attached
from .site import Site
from .wait import until


def profile(site: Site, *lines: str) -> None:
    """Give ada these start-up files for login shells."""
    site.as_user("cat >.bash_profile", stdin="\n".join((". ~/.bashrc", "export BEFORE=kept", *lines, "")))


async def log_of(dashboard: FrontEnd, launch: Launch) -> tuple[str, str]:
    """Return path and text of a job's log."""
    read = await dashboard.client.request(protocol.ReadLog("hpc", launch.job))
    assert isinstance(read, protocol.LogRead)
    return read.path, read.text


async def test_a_profile_that_starts_another_shell_is_named_and_the_server_runs(
    dashboard: FrontEnd, site: Site
) -> None:
    profile(site, "if true; then", "  exec zsh -l", "fi")
    launch = await dashboard.launch(replace(SMALL, setup=("echo BEFORE=$BEFORE",)))
    assert launch.ready, launch.problem
    _, log = await log_of(dashboard, launch)
    assert "line 4 of /home/ada/.bash_profile in the start-up files ends, replaces or holds up" in log
    assert "\nBEFORE=kept\n" in log


async def test_variables_of_the_profile_and_patterns_of_slurm_are_as_in_a_terminal(
    dashboard: FrontEnd, site: Site
) -> None:
    profile(site, "export SCRATCH=/home/ada/scratch SBATCH_ACCOUNT=physics")
    site.as_user("mkdir -p scratch/ada/work")
    windows = ("export WORD=one\r", "echo FOLDER=$PWD\r\necho WORD=$WORD")
    request = replace(
        SMALL, outfile="$SCRATCH/%u/%x-%6j-%N-100%.log", folder="$SCRATCH/${USER}/work", setup=windows
    )
    launch = await dashboard.launch(request)
    assert launch.ready, launch.problem
    path, log = await log_of(dashboard, launch)
    assert re.fullmatch(r"/home/ada/scratch/ada/jupyter-lab-\d{6}-n\d-100%\.log", path)
    assert launch.log == path
    assert "FOLDER=/home/ada\nWORD=one\n" in log
    seen = site.as_user(f"scontrol show job {launch.job}").stdout
    assert "Account=physics" in seen
    assert [site.as_user("ls scratch/ada").stdout.split()[0]] == [path.rpartition("/")[2]]


async def test_paths_are_checked_before_anything_is_sent(dashboard: FrontEnd, site: Site) -> None:
    profile(site, "export SCRATCH=/home/ada/scratch")

    async def said(**changes: str) -> list[tuple[str, bool, str]]:
        outcome = await dashboard.client.request(protocol.Preview("hpc", replace(SMALL, **changes)))
        return [(one.field, one.warning, one.title) for one in outcome.problems]

    assert await said(folder="~", outfile="~ada/x-%j.log") == []
    assert await said(folder="$SCRATCH") == [("folder", True, "This folder is not there on the login node")]
    assert await said(folder="$NOWHERE/x") == [
        ("folder", True, "$NOWHERE is not set in a login shell on hpc")
    ]
    assert await said(folder="~nobody-here") == [("folder", True, "There is no user nobody-here on hpc")]
    assert await said(outfile="$NOWHERE/x") == [
        ("outfile", False, "$NOWHERE is not set in a login shell on hpc")
    ]
    assert await said(outfile="%j/out.log") == [
        ("outfile", False, "The folder of the output file depends on the job: %j")
    ]
    title = "The output file contains an expansion that is not possible here"
    assert await said(outfile="$(touch oops)/x") == [("outfile", False, title)]
    assert "oops" not in site.as_user("ls").stdout


async def test_a_job_whose_node_cannot_write_to_its_folder_says_so(dashboard: FrontEnd, site: Site) -> None:
    for node in ("n1", "n2"):
        site.run(node, "sh", "-c", "mount -o bind,ro /home/ada /home/ada")
    try:
        launch = await dashboard.launch(replace(SMALL, outfile="/tmp/out-%j.log"))
    finally:
        for node in ("n1", "n2"):
            site.run(node, "umount", "-l", "/home/ada")
    assert launch.problem
    assert launch.problem.title.startswith(
        "The job ended before its script could write to its folder: failed"
    )
    assert "The compute node may not have ~/.jupystra/jobs/" in launch.problem.hint


async def test_a_login_shell_is_used_where_only_its_profile_has_the_settings_of_slurm(
    cluster: Cluster, site: Site, worker: Path
) -> None:
    version = 'case $1 in --version) echo slurm 24.11.1 ;; *) exec /usr/bin/squeue "$@" ;; esac'
    site.as_user("mkdir bin && cat >bin/squeue && chmod +x bin/squeue", stdin=f"#!/bin/sh\n{version}\n")
    site.as_user(
        "touch empty.conf && cat >.bashrc", stdin="PATH=~/bin:$PATH\nexport SLURM_CONF=~/empty.conf\n"
    )
    profile(site, "unset SLURM_CONF")
    async with attached(cluster) as dashboard:
        await dashboard.log_in()
        launch = await dashboard.launch()
        assert launch.ready, launch.problem


UNWRITABLE = {
    "chmod 500 .": "Your home folder on the cluster cannot be written to",
    "touch .jupystra": "/home/ada/.jupystra on the cluster is no folder",
    "mkdir -m 500 .jupystra": "/home/ada/.jupystra on the cluster cannot be written to",
    "mkdir .jupystra; mkdir -m 500 .jupystra/jobs": "/home/ada/.jupystra/jobs on the cluster cannot be written to",
}


async def test_a_folder_that_cannot_be_written_is_named_and_nothing_is_sent(
    dashboard: FrontEnd, site: Site
) -> None:
    site.as_user("rm -rf .jupystra")
    for command, title in UNWRITABLE.items():
        site.as_user(command)
        launch = await dashboard.launch()
        site.as_user("chmod 700 .; rm -rf .jupystra")
        assert launch.problem
        assert launch.problem.title == title
        assert "Slurm" not in f"{launch.problem.hint} {launch.problem.detail}"
        assert launch.problem.hint.endswith("Nothing was submitted.")
    assert site.as_user("squeue -h --me").stdout == ""


START_UP_FILES = (
    "exec zsh -l", "exec zsh", "exec fish", "exec tcsh", "exit", "exit 3", "return", "set -e; false", "read -r answer",
    "kill -KILL $$", "echo 'unbalanced", "exec bash",
)  # fmt: skip


async def test_a_job_s_script_runs_whatever_the_profile_does(site: Site) -> None:
    homes = {f"/home/ada/home{number}": line for number, line in enumerate(START_UP_FILES)}
    jobs = [submitted(site, home, line) for home, line in homes.items()]
    await asyncio.to_thread(
        until, lambda: site.as_user("squeue -h --me -t PD,R,CG").stdout == "", f"{jobs}", 60
    )
    for home, line in homes.items():
        log = site.as_user(f"cat {home}/log").stdout
        assert "REACHED=" in log, (line, log)
        ends = not line.startswith(("return", "read", "echo"))
        assert (f"line 2 of {home}/.bash_profile in the start-up files ends" in log) == ends, (line, log)


def submitted(site: Site, home: str, line: str) -> str:
    """Submit a job whose login shell has this line in its profile; its set-up ends it."""
    request = replace(SMALL, setup=("echo REACHED=$BEFORE", "exit 0"))
    variables = JobVariables(SLURM.node_variables, SLURM.job_variables)
    folder = f"{home}/.jupystra/jobs/t1"
    script = batch_script(("#SBATCH --mem=100M",), request, registry().app("jupyterlab"), variables, folder)
    site.as_user(f"mkdir -p {folder} && cat >{home}/.bash_profile", stdin=f"export BEFORE=kept\n{line}\n")
    return site.as_user(f"HOME={home} sbatch --parsable --output={home}/log", stdin=script).stdout.strip()
