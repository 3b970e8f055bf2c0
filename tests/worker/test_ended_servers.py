"""Files of servers whose jobs have ended: removed where that is certain, and otherwise not read at every poll."""

import os
import subprocess
from pathlib import Path

from jupystra_tui.apps.discovery import DiscoveredServer, discovery_script, parse_servers
from jupystra_tui.apps.ended_folder import EndedFolder, forget_script
from jupystra_tui.model import Job, JobState
from jupystra_tui.schedulers.lsf import SCHEDULER
from jupystra_tui.ssh.shell import CommandResult
from jupystra_tui.worker.ended_servers import EndedServers

MARK = "5f3a9c0d5f3a9c0d"
SERVER = "app jupyterlab\njob {job}\nnode p1\nport 8888\npath /\ntitle JupyterLab\nheader A: {{token}}\n"
TAGS = {"15": "20261122-140312-3f9a07c1", "16": "20261122-140313-3f9a07c2", "17": "20261122-140314-3f9a07c3"}


def served(home: Path, job: str) -> Path:
    """Write the folder of a job whose server runs or ran."""
    folder = home / ".jupystra" / "jobs" / TAGS[job]
    (folder / "runtime").mkdir(parents=True)
    for name, text in (("id", job), ("node", "p1"), ("token", "abc"), ("jupyter.log", "the log")):
        (folder / name).write_text(f"{text}\n")
    (folder / "server").write_text(SERVER.format(job=job))
    (folder / "runtime" / "jpserver-1.json").write_text("{}")
    return folder


def shell(home: Path, script: str) -> bytes:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    return subprocess.run(["sh", "-c", script], env=environment, capture_output=True, check=True).stdout


class Accounting:
    """Answers for the scheduler's accounting, and runs everything else in a shell."""

    def __init__(self, home: Path, scheduler: object, said: str) -> None:
        self.home, self.said = home, said
        self.asked: list[str] = []
        self.site = type("Site", (), {"scheduler": scheduler, "user": "ada"})

    async def run(self, script: str, limit: float = 0.0) -> CommandResult:
        self.asked.append(script)
        accounts = "bhist" in script
        return CommandResult(0, self.said.encode() if accounts else shell(self.home, script), b"")


def found(home: Path, servers: EndedServers) -> list[DiscoveredServer]:
    return list(parse_servers(shell(home, discovery_script(MARK, servers.unread)), MARK))


def job(number: str, state: JobState) -> Job:
    return Job(id=number, key=number, name="lab", state=state, word="")


async def test_ended_jobs_lose_their_servers_files_and_others_are_not_read_again(tmp_path: Path) -> None:
    folders = {number: served(tmp_path, number) for number in TAGS}
    servers = EndedServers()
    session = Accounting(tmp_path, SCHEDULER, "No matching job found\n")
    jobs = {"15": job("15", JobState.RUNNING), "16": job("16", JobState.CANCELLED)}
    assert {one.server.job for one in found(tmp_path, servers)} == {"15", "16", "17"}
    for _ in range(3):  # the accounting, then the scheduler itself, is asked about 17 once
        servers.note(found(tmp_path, servers), jobs)
        await servers.tidy(session)  # type: ignore[arg-type]
    assert {one.server.job for one in found(tmp_path, servers)} == {"15"}
    assert sorted(path.name for path in folders["16"].iterdir()) == ["id", "jupyter.log", "node"]
    assert (folders["17"] / "token").exists()
    assert servers.unread == (TAGS["17"],)
    assert sum("bhist" in script for script in session.asked) == 2
    servers.note((), jobs | {"17": job("17", JobState.RUNNING)})
    assert {one.server.job for one in found(tmp_path, servers)} == {"15", "17"}


async def test_a_job_of_which_the_accounting_says_that_it_ended_loses_its_token(tmp_path: Path) -> None:
    folder = served(tmp_path, "17")
    said = (
        "\nJob <17>, Job Name <lab>, User <ada>, Project <default>, Command <x>\n"
        "Sun Nov 22 17:46:23: Submitted from host <login01>, to Queue <normal>;\n"
        "Sun Nov 22 17:46:25: Dispatched to <p1>;\n"
        "Sun Nov 22 17:50:00: Done successfully. The CPU time used is 1.0 seconds;\n"
    )
    servers = EndedServers()
    session = Accounting(tmp_path, SCHEDULER, said)
    servers.note(found(tmp_path, servers), {})
    await servers.tidy(session)  # type: ignore[arg-type]
    assert sorted(path.name for path in folder.iterdir()) == ["id", "jupyter.log", "node"]


def test_a_folder_that_another_job_serves_by_now_is_left_alone(tmp_path: Path) -> None:
    folder = served(tmp_path, "15")
    (folder / "job").symlink_to("99")
    shell(tmp_path, forget_script([EndedFolder(TAGS["15"], "15"), EndedFolder(TAGS["16"], "16")]))
    assert (folder / "token").exists()
    shell(tmp_path, forget_script([EndedFolder(TAGS["15"], "99")]))
    assert not (folder / "token").exists()
