"""Several Slurm clusters behind one login node, and GPUs that only squeue's long format shows."""

import shlex
import subprocess

import pytest
from msgspec import structs

from jupystra_tui.errors import SchedulerError
from jupystra_tui.model import Cluster, JobRequest, JobState
from jupystra_tui.schedulers.arrays import fold
from jupystra_tui.schedulers.roles import Scheduler
from jupystra_tui.schedulers.slurm import SCHEDULER
from tests.schedulers.captures import MARK
from tests.schedulers.test_slurm_listing import record


def slurm(*clusters: str, home: str = "hpc") -> Scheduler:
    """Return Slurm as one login has it."""
    settings = Cluster("hpc", "hpc", clusters=clusters)
    return SCHEDULER.site.adapt(SCHEDULER, f"{home}\n", settings)


def test_without_other_clusters_no_command_names_one() -> None:
    one = slurm()
    texts = [
        one.queue.list_script("ada", MARK),
        one.site.partitions_script(),
        one.submission.lookup_script(JobRequest(), "tag"),
        shlex.join(one.submission.submit_command(JobRequest(), "/log", "tag")),
        shlex.join(one.queue.cancel_command(["7", "8_2"])),
        shlex.join(one.accounting.finished_command(["7"])),
        one.accounting.finished_fallback_script(["7"]),
        *one.submission.script_header(JobRequest(), "/log", "tag"),
    ]
    assert [text for text in texts if " -M " in text or "clusters" in text or "CLUSTER" in text] == []


def test_jobs_of_two_clusters_with_the_same_number_are_two_rows() -> None:
    both = slurm("cm2", "inter")
    script = both.queue.list_script("ada", MARK)
    assert script.count(" -M cm2 ") == script.count(" -M inter ") == 1
    assert "\x1f%i;cm2\x1f%A;cm2\x1f" in script.replace("'", "").replace("\x1e" + MARK, "")
    text = record("7;cm2", name="one") + record("7;inter", name="two") + record("7_[1-3];cm2", A="7;cm2")
    jobs = both.queue.parse_list(text.encode(), MARK).jobs
    assert [(job.id, job.key, job.array) for job in jobs] == [
        ("7;cm2", "7;cm2", ""),
        ("7;inter", "7;inter", ""),
        ("7_[1-3];cm2", "7;cm2_[waiting]", "7;cm2"),
    ]


def test_the_script_is_plain_sh() -> None:
    both = slurm("cm2", "inter")
    for script in (
        both.queue.list_script("ada", MARK),
        both.queue.list_script("ada", MARK, ["7;cm2", "8"]),
        both.site.partitions_script(),
        both.submission.lookup_script(JobRequest(), "tag"),
        both.accounting.finished_fallback_script(["7;cm2", "9"]),
        "\n".join(both.submission.script_header(JobRequest(), "/log", "tag")),
    ):
        subprocess.run(["sh", "-n"], input=script, text=True, check=True)


def test_the_array_of_a_cluster_folds_and_is_killed_there() -> None:
    both = slurm("cm2", "inter")
    text = record("7_4;cm2", A="9;cm2", T="COMPLETED") + record("7_5;cm2", A="10;cm2", T="FAILED")
    [row] = fold(both.queue.parse_list(text.encode(), MARK).jobs, both.queue)
    assert (row.id, row.key, row.state) == ("7_[4-5];cm2", "7;cm2_[ended]", JobState.FAILED)
    assert both.queue.cancel_command(["7_[4-5];cm2", "8;cm2"]) == ("scancel", "-M", "cm2", "7_[4-5]", "8")
    argv = both.queue.cancel_command(["8;cm2", "8"])
    assert argv[:2] == ("sh", "-c")
    assert "scancel -M cm2 8 || code=$?; scancel 8 || code=$?" in argv[2]


def test_a_cluster_that_does_not_answer_is_not_an_empty_queue() -> None:
    both = slurm("cm2", "inter")
    said = "squeue: error: 'inter' can't be reached now, or it is an invalid entry for --cluster.\n"
    with pytest.raises(SchedulerError, match="'inter' can't be reached"):
        both.queue.parse_list(record("7;cm2").encode(), MARK, 1, said)
    gone = "slurm_load_jobs error: Invalid job id specified\n"
    assert len(both.queue.parse_list(record("7;cm2").encode(), MARK, 1, gone).jobs) == 1


@pytest.mark.parametrize(
    ("options", "clusters", "sent"),
    [
        ((), ("cm2", "inter"), ["--clusters=cm2,inter"]),
        (("--clusters=cm2",), ("inter",), []),
        (("-M cm2",), (), []),
        (("-Mcm2",), (), []),
        (("--exclusive",), ("inter",), ["--clusters=inter"]),
        ((), (), []),
    ],
)
def test_a_job_goes_to_the_clusters_of_the_settings_or_of_its_options(
    options: tuple[str, ...], clusters: tuple[str, ...], sent: list[str]
) -> None:
    one = slurm(*clusters)
    request = JobRequest(options=options)
    argv = one.submission.submit_command(request, "/log", "tag")
    assert [word for word in argv if word.startswith("--clusters")] == sent
    header = one.submission.script_header(request, "/log", "tag")
    assert ("SLURM_CLUSTER_NAME" in header[-1]) is bool(
        clusters or "-M" in str(options) or "cm2" in str(options)
    )


@pytest.mark.parametrize(("name", "job"), [("hpc", "7"), ("cm2", "7;cm2"), ("", "7")])
def test_the_job_writes_the_id_that_the_list_has(name: str, job: str) -> None:
    header = slurm("cm2").submission.script_header(JobRequest(), "/log", "tag")
    script = "\n".join([*header, 'printf %s "$jupystra_slurm_job"'])
    environment = {"SLURM_JOB_ID": "7", "SLURM_CLUSTER_NAME": name}
    done = subprocess.run(["bash"], input=script, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == job


def test_the_cluster_of_a_job_is_kept_and_its_queue_is_listed_from_then_on() -> None:
    one = slurm()
    assert one.submission.parse_submit("4711;hpc\n", "", 0) == "4711"
    assert " -M " not in one.queue.list_script("ada", MARK)
    assert one.submission.parse_submit("4711;cm2\n", "", 0) == "4711;cm2"
    assert " -M cm2 " in one.queue.list_script("ada", MARK)
    assert "squeue -M cm2 -a -h -t all -j 4711 " in one.queue.state_query("4711;cm2").command
    assert one.accounting.finished_command(["4711;cm2"])[:3] == ("sacct", "-M", "cm2")


def test_how_a_job_of_another_cluster_ended() -> None:
    one = slurm("cm2")
    accounting = (
        "7\x1fFAILED\x1f1:0\x1f0\x1fx\x1fn1\x1f7\x1fcm2\n7\x1fCOMPLETED\x1f0:0\x1f0\x1fx\x1fn1\x1f7\n"
    )
    ends = one.accounting.parse_finished(accounting)
    assert (ends["7;cm2"][0], ends["7"][0]) == (JobState.FAILED, JobState.DONE)
    said = "\x1ecm2\x1fJobId=7 JobName=x UserId=a(1) GroupId=a(1) JobState=TIMEOUT Reason=None\n"
    assert one.accounting.parse_finished_fallback(said) == {"7;cm2": (JobState.TIMEOUT, "TIMEOUT")}


def test_a_lost_submission_is_found_on_its_cluster() -> None:
    one = slurm("cm2", "hpc")
    script = one.submission.lookup_script(JobRequest(), "t1")
    assert "squeue -M cm2 -a -h --me -t all -o '%A;cm2 %k'" in script
    assert "squeue -a -h --me -t all -o '%A %k'" in script
    assert one.submission.parse_lookup("t1", "9 jupystra:t1\n8;cm2 jupystra:t1\n", "", 0) == ("8;cm2", "9")


def test_gpus_that_the_list_does_not_show_are_asked_for_once() -> None:
    one = slurm()
    listed = (record("7") + record("8", b="gres:gpu:2") + record("9", T="FAILED")).encode()
    [seven, eight, nine] = one.queue.parse_list(listed, MARK).jobs
    assert (seven.gpus, eight.gpus, nine.gpus) == ("", "2", "")
    script = one.queue.list_script("ada", MARK)
    assert "-j 7 -O JobID:|,NumTasks:|,tres-per-job:|" in script.replace("'", "")
    assert "-O" not in one.queue.list_script("ada", MARK)
    answer = f"\x1e{MARK}tres\x1f\n7|3|N/A|gres:gpu:a100:2|N/A|\n".encode()
    jobs = one.queue.parse_list(listed + answer, MARK).jobs
    assert [job.gpus for job in jobs] == ["a100:6", "2", ""]
    jobs = one.queue.parse_list(listed, MARK).jobs
    assert [job.gpus for job in jobs] == ["a100:6", "2", ""]
    assert "-O" not in one.queue.list_script("ada", MARK)


def test_the_exit_code_is_squeues_own_where_gpus_are_asked_for_too() -> None:
    one = slurm()
    one.queue.parse_list(record("7").encode(), MARK)
    script = "env() { return 3; }; squeue() { :; }\n" + one.queue.list_script("ada", MARK)
    assert subprocess.run(["sh", "-c", script], capture_output=True).returncode == 3


def test_partitions_of_several_clusters_are_listed_once_each() -> None:
    both = slurm("cm2", "inter")
    assert both.site.nodes_command()[:2] == ("sh", "-c")
    line = "PartitionName={} Default=NO MaxTime=1:00:00 State=UP TotalNodes=1\n"
    text = line.format("a") + line.format("b") + line.format("a").replace("1:00", "2:00") + "\x1e\n"
    partitions = both.site.parse_partitions(text)
    assert [(one.name, one.max_time) for one in partitions] == [("a", 3600), ("b", 3600)]


def test_a_plain_scheduler_is_shared_by_no_login() -> None:
    assert slurm("cm2").queue is not slurm("cm2").queue
    assert structs.replace(SCHEDULER) == SCHEDULER
