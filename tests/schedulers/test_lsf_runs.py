"""Stories of running jobs on the open-source line: their limits and start, from `bjobs -l`."""

import pytest

from jupystra_tui.model import Cluster
from jupystra_tui.schedulers.lsf import SCHEDULER as LSF
from jupystra_tui.schedulers.lsf.lsf_run_details import NOTHING, Run, parse_runs
from tests.schedulers.lsf_captures import MARK, look, said

NOW = "2026 Nov 22 18:00:00"


def test_limits_and_the_time_that_a_job_has_run() -> None:
    printed = said("runlimit-l").out.partition("Sender:")[0] + said("memlimit-l").out.partition("Sender:")[0]
    found = parse_runs(NOW, printed + said("bjobs-l-multi").out)
    assert found == {
        "46": Run(limit=60, memory=None, used=693, hosts="node01"),
        "47": Run(limit=None, memory=100, used=693, hosts="node01"),
        "14": Run(used=819, hosts="2*node01:2*clarinet002-064"),
    }
    assert (found["46"].left, found["14"].left) == (0, None)


def test_messages_of_ibm_lsf() -> None:
    printed = (
        "\nJob <7[2]>, Job Name <a, b[2]>, User <ada>, Project <default>, Status <RUN>, Queue <short>,\n"
        "                     Command <x>, Share group charged </ada>\n"
        "Sun Nov 22 17:48:00: Submitted from host <login01>, CWD <$HOME>;\n\n"
        " RUNLIMIT\n 720.0 min of host01\n\n MEMLIMIT\n      8 G\n"
        "Sun Nov 22 17:50:00: [2] started 1 Task(s) on Host(s) <host01>, Allocated 1 Slot(s);\n"
    )
    assert parse_runs(NOW, printed) == {"7[2]": Run(limit=43200, memory=8192, used=600, hosts="host01")}


@pytest.mark.parametrize(
    ("now", "used"),
    [("2027 Jan  1 00:00:10", 20), ("2026 Dec 31 23:59:40", 0), ("nonsense", None)],
)
def test_the_new_year_and_clocks_that_differ(now: str, used: int | None) -> None:
    printed = "Job <7>, User <ada>, Status <RUN>\nThu Dec 31 23:59:50: Started on <n1>, Execution Home </>;\n"
    assert parse_runs(now, printed).get("7", NOTHING).used == used


def test_the_list_shows_them() -> None:
    listed = "46      lsfuser RUN   normal     login01     node01      rl         Nov 22 17:48\n"
    printed = look("wide", listed) + f"\x1e{MARK} 2026 Nov 22 17:48:57\n{said('runlimit-l').out}".encode()
    [job] = LSF.queue.parse_list(printed, MARK).jobs
    assert (job.limit, job.used, job.left) == (60, 30, 30)


POOR = (
    '{\n\t"COMMAND":\t"bjobs",\n\t"JOBS":\t1,\n\t"RECORDS":\t[{\n\t\t\t"JOBID":\t"14",\n\t\t\t"STAT":\t"RUN",\n'
    '\t\t\t"EXEC_HOST":\t"2*node01",\n\t\t\t"START_TIME":\t"11/22-17:46:21",\n\t\t\t"JOB_NAME":\t"multi"\n\t\t}]\n}\n'
)


def test_a_job_on_several_hosts_has_all_their_cores_in_this_poll_and_the_next() -> None:
    lsf = LSF.site.adapt(LSF, "\x1edialect poor-json\n", Cluster("x", "x"))
    details = f"\x1e{MARK} 2026 Nov 22 17:48:57\n{said('bjobs-l-multi').out}".encode()
    for more in (details, b""):
        [job] = lsf.queue.parse_list(look(f"poor-json {NOW}", POOR) + more, MARK).jobs
        assert (job.cores, job.nodes, job.node) == (4, "2*node01:2*clarinet002-064", "node01")
        assert job.used == 819
    elsewhere = POOR.replace("2*node01", "2*node07")
    [job] = lsf.queue.parse_list(look(f"poor-json {NOW}", elsewhere), MARK).jobs
    assert (job.cores, job.nodes) == (2, "2*node07")
    assert "limits='  '" in lsf.queue.list_script("ada", MARK), "it is asked about again"
