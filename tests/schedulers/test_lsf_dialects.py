"""Stories of the probe chain: each bjobs is asked in the richest form that it takes, in a real shell."""

import os
import subprocess
from pathlib import Path

import pytest

from jupystra_tui.errors import SchedulerError
from jupystra_tui.model import Cluster
from jupystra_tui.schedulers.lsf import SCHEDULER as LSF
from jupystra_tui.schedulers.lsf import LsfQueue, LsfSubmission
from jupystra_tui.schedulers.lsf.lsf_dialects import LIMIT
from tests.schedulers.lsf_captures import FOLDER, MARK

USAGE = "cat >&2 <<'X'\nbjobs: invalid option -- 'n'\nUsage: bjobs [-h] [-V] [-w |-l |-UF] [-a]\nX\nexit 255"
ROW = "7       ada     PEND  normal     login01        -        lab        Nov 22 17:46"
JSON = (
    '{"COMMAND":"bjobs","JOBS":1,"RECORDS":[{"JOBID":"7","STAT":"PEND","QUEUE":"normal","JOB_NAME":"lab"}]}'
)
REASON = f"{ROW}\n Job slot limit reached: 3 hosts;"
IBM_10 = f"""case "$*" in *-json*) echo '{JSON}';; *-p*) echo '{REASON}';; *) exit 1;; esac"""
IBM_9 = f"""case "$*" in
*-json*) echo 'bjobs: illegal option -- json' >&2; exit 255;;
*delimiter=*-p*|*-p*) echo '{REASON}';;
*-noheader*time_left*delimiter=*) echo '7^0^PEND^normal^-^Nov 22 17:46^default^1^-^-^-^-^lab';;
*) {USAGE};; esac"""
OPEN_SOURCE = f"""case "$*" in
*slots*) echo '<SLOTS> in the format string is not a valid field name.' >&2; exit 99;;
*-noheader*) {USAGE}
;;
*-json*) echo '{JSON}';;
*-p*) echo '{REASON}';;
*) exit 1;; esac"""
OLD = f"""case "$*" in *-o*) {USAGE}
;;
*-p*) echo '{REASON}';;
*-w*) echo '{ROW}';; esac"""


def shell(folder: Path, program: str, script: str) -> str:
    """Run a script of ours where `bjobs` is `program`."""
    bjobs = folder / "bjobs"
    bjobs.write_text(f"#!/bin/sh\n{program}\n")
    bjobs.chmod(0o755)
    bparams = folder / "bparams"
    bparams.write_text("#!/bin/sh\necho '    RESOURCE_RESERVE_PER_TASK = Y'\n")
    bparams.chmod(0o755)
    (folder / "lsf.conf").write_text(
        'LSF_LIM_PORT=6322\n# LSF_UNIT_FOR_LIMITS=GB\nLSF_UNIT_FOR_LIMITS="MB"\n'
    )
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "LSF_ENVDIR": str(folder)}
    return subprocess.run(
        ["sh", "-c", script], env=environment, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize(
    ("program", "form"),
    [(IBM_10, "rich-json"), (IBM_9, "rich-delimited"), (OPEN_SOURCE, "poor-json"), (OLD, "wide")],
)
def test_each_site_gets_its_own_dialect(tmp_path: Path, program: str, form: str) -> None:
    lsf = LSF.site.adapt(LSF, shell(tmp_path, program, LSF.site.survey_script()), Cluster("x", "x"))
    assert isinstance(lsf.queue, LsfQueue)
    assert isinstance(lsf.submission, LsfSubmission)
    assert lsf.queue.dialect.name == form
    memory = lsf.submission.memory
    assert (memory.limit_unit, memory.reserve_unit, memory.per_task) == ("MB", "MB", True)
    for asked in (lsf, LSF.site.adapt(LSF, "\x1edialect rich-json\n", Cluster("x", "x"))):
        printed = shell(tmp_path, program, asked.queue.list_script("ada", MARK))
        [job] = lsf.queue.parse_list(printed.encode(), MARK).jobs
        assert (job.key, job.name, job.reason.code) == ("7", "lab", "Job slot limit reached: 3 hosts")


HANGS = '[ "$1" = -V ] && exit 0; echo asked >>$LSF_ENVDIR/asked; exec sleep 60'


def test_a_daemon_that_hangs_costs_one_time_limit_and_the_unit_is_still_known(tmp_path: Path) -> None:
    def asked(script: str) -> str:
        return shell(tmp_path, HANGS, script.replace(f"timeout {LIMIT}", "timeout 0.2"))

    lsf = LSF.site.adapt(LSF, asked(LSF.site.survey_script()), Cluster("x", "x"))
    assert isinstance(lsf.queue, LsfQueue)
    assert isinstance(lsf.submission, LsfSubmission)
    assert (lsf.submission.memory.limit_unit, lsf.queue.dialect.name) == ("MB", "rich-json")
    printed = asked(lsf.queue.list_script("ada", MARK))
    assert (tmp_path / "asked").read_text().count("asked") == 2
    with pytest.raises(SchedulerError, match="does not answer"):
        lsf.queue.parse_list(printed.encode(), MARK)
    with pytest.raises(SchedulerError, match="does not answer") as caught:
        lsf.queue.parse_cancel(124, "")
    assert "may still kill it" in caught.value.hint


def test_without_its_configuration_lsf_is_searched_in_a_login_shell(tmp_path: Path) -> None:
    unset = "echo 'lsb_init: Failed in an LSF library call: Unable to open file lsf.conf' >&2; exit 255"
    with pytest.raises(SchedulerError, match="LSF is not configured in this shell"):
        LSF.site.adapt(LSF, shell(tmp_path, unset, LSF.site.survey_script()), Cluster("x", "x"))


def test_a_cluster_without_jobs(tmp_path: Path) -> None:
    silent = f"cat {FOLDER}/bjobs-none.txt | sed -n '/^No unfinished/p' >&2; exit 254"
    lsf = LSF.site.adapt(LSF, shell(tmp_path, silent, LSF.site.survey_script()), Cluster("x", "x"))
    printed = shell(tmp_path, OPEN_SOURCE, lsf.queue.list_script("ada", MARK))  # and now somebody has one
    assert [job.key for job in lsf.queue.parse_list(printed.encode(), MARK).jobs] == ["7"]
