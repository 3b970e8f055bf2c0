"""A site's partitions, and the checks of a request against them."""

import subprocess
from typing import Any

import pytest

from jupystra_tui.errors import SchedulerError
from jupystra_tui.model import JobRequest, Partition
from jupystra_tui.schedulers.slurm import SCHEDULER as slurm
from tests.schedulers.captures import failures, printed

PARTITIONS = slurm.site.parse_partitions(printed("partitions"))


def wrong(**asked: Any) -> list[str]:
    return [problem.field for problem in slurm.submission.check(JobRequest(**asked), PARTITIONS)]


def test_partitions_come_with_limits_and_nodes() -> None:
    short, long, gpu, tiny = PARTITIONS
    assert short == Partition(
        name="short", default=True, up=True, max_time=12 * 3600, nodes=2, idle_nodes=0,
        cores_per_node=16, memory_per_node=64000, gpus="a100:4",
    )  # fmt: skip
    assert (long.name, long.max_time, long.gpus) == ("long", 7 * 86400, "")
    assert (gpu.default, gpu.gpus) == (False, "a100:4")
    assert (tiny.cores_per_node, tiny.memory_per_node) == (1, 4000)


def test_the_script_is_plain_sh() -> None:
    subprocess.run(["sh", "-n"], input=slurm.site.partitions_script(), text=True, check=True)


def test_mixed_nodes_count_with_the_best_of_them() -> None:
    text = (
        "PartitionName=all Default=NO MaxTime=UNLIMITED DefaultTime=NONE State=DRAIN TotalNodes=5\n\x1e\n"
        "all\x1fdrain\x1finfinite\x1f3\x1f1/2\x1f16\x1f64000\x1fgpu:v100:2(S:0-1)\n"
        "all\x1fdrain\x1finfinite\x1f2\x1f0/2\x1f128+\x1f512000+\x1fgpu:a100:4,gpu:v100:1\n"
    )
    [partition] = slurm.site.parse_partitions(text)
    assert (partition.up, partition.max_time) == (False, None)
    assert (partition.nodes, partition.idle_nodes) == (5, 4)
    assert (partition.cores_per_node, partition.memory_per_node) == (128, 512000)
    assert partition.gpus == "v100:2,a100:4"


def test_without_sinfo_the_limits_remain() -> None:
    limits = printed("partitions").partition("\x1e")[0]
    assert slurm.site.parse_partitions(limits)[0].cores_per_node is None


def test_an_error_instead_of_partitions_is_raised() -> None:
    with pytest.raises(SchedulerError, match="slurmctld is down"):
        slurm.site.parse_partitions(failures("controller-down")[2][1])


def test_a_valid_request_has_no_mistakes() -> None:
    assert wrong() == []
    assert wrong(queue="short,long", walltime=86400) == []
    assert wrong(queue="gpu", gpus="a100:4") == []
    assert wrong(gpus="2", qos="debug", account="a_b.c", constraint="[rack1|rack2]&ib*2") == []
    assert wrong(options=("--exclude=c3", "-w c1", "--comment='a b'")) == []
    assert slurm.submission.check(JobRequest(queue="anything", walltime=10**7), ()) == ()


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"walltime": 13 * 3600}, "walltime"),
        ({"queue": "tiny", "walltime": 7200, "memory": 100}, "walltime"),
        ({"walltime": 30}, "walltime"),
        ({"cores": 64}, "cores"),
        ({"cores": 0}, "cores"),
        ({"memory": 100 * 1024}, "memory"),
        ({"memory": -1}, "memory"),
        ({"queue": "a b"}, "queue"),
        ({"queue": "-p"}, "queue"),
        ({"account": "phys ics"}, "account"),
        ({"account": "--exclusive"}, "account"),
        ({"qos": "x\ny"}, "qos"),
        ({"constraint": "'"}, "constraint"),
        ({"gpus": "x:"}, "gpus"),
        ({"gpus": "0"}, "gpus"),
        ({"gpus": "two"}, "gpus"),
        ({"gpus": "٣"}, "gpus"),
        ({"gpus": "5"}, "gpus"),
        ({"gpus": "h100:1"}, "gpus"),
        ({"gpus": "2080:1"}, "gpus"),
        ({"gpus": "-ti:1"}, "gpus"),
        ({"queue": "long", "gpus": "1"}, "gpus"),
        ({"name": "a\nb"}, "name"),
        ({"name": "a\x1b[31mb"}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 100_000}, "name"),
        ({"folder": "a\nb"}, "folder"),
        ({"setup": ("echo \0",)}, "setup"),
        ({"port": 80}, "port"),
        ({"port": 70000}, "port"),
        ({"options": ("exclusive",)}, "options"),
        ({"options": ("--comment='a",)}, "options"),
        ({"options": ("--wait",)}, "options"),
        ({"options": ("--array=1-9",)}, "options"),
        ({"options": ("-o /tmp/x",)}, "options"),
        ({"options": ("",)}, "options"),
        ({"options": ("--x\n#SBATCH -W",)}, "options"),
    ],
)
def test_a_mistake_has_its_field(asked: dict[str, object], field: str) -> None:
    assert wrong(**asked) == [field]


@pytest.mark.parametrize("queue", ["nosuch", "short,nosuch", "hidden"])
def test_a_partition_that_is_not_listed_is_for_slurm_to_refuse(queue: str) -> None:
    [problem] = slurm.submission.check(JobRequest(queue=queue), PARTITIONS)
    assert problem.warning
    assert problem.title == f"The site lists no partition {queue.removeprefix('short,')}"


def test_without_a_default_partition_slurm_decides() -> None:
    [problem] = slurm.submission.check(JobRequest(), (Partition("one"), Partition("two")))
    assert (problem.warning, problem.field) == (True, "queue")
    assert slurm.submission.check(JobRequest(queue="two"), (Partition("one"), Partition("two"))) == ()


@pytest.mark.parametrize("gpus", ["2080ti:1", "1g.5gb:1", "a100_3g.20gb:2", "rtx-6000:1", "gtx_1080:4", "3"])
def test_gpu_types_are_written_as_sites_name_them(gpus: str) -> None:
    partition = Partition("gpu", default=True, gpus=gpus)
    assert slurm.submission.check(JobRequest(gpus=gpus), (partition,)) == ()
    assert f"#SBATCH --gres=gpu:{gpus}" in slurm.submission.script_header(JobRequest(gpus=gpus), "/l", "t")


def test_nodes_that_answer_are_known_by_their_state_and_its_suffix() -> None:
    states = (
        "mixed- n1|planned n2|idle~ n3|idle# n4|idle* n5|allocated@ n6|mixed! n7|idle$ n8|down n9|idle% m1"
    )
    states += "|drained m2|idle^ m3|completing m4|mixed+ m5|draining@ m6|unknown- m7"
    nodes = slurm.site.parse_nodes(states.replace("|", "\n"))
    assert nodes == ("n1", "n2", "n6", "n7", "n8", "m4", "m5")


def test_hidden_partitions_are_asked_for_too() -> None:
    commands = slurm.site.partitions_script().replace(" && printf '\\036\\n' && ", "\n").splitlines()
    assert [line.split()[1] for line in (*commands, " ".join(slurm.site.nodes_command()))] == ["-a"] * 3
    assert "squeue -a " in slurm.queue.list_script("alice", "mark")
    assert "squeue -a " in slurm.queue.list_script("alice", "mark", ["7"])
    assert "squeue -a " in slurm.queue.state_query("7").command
    assert "squeue -a " in slurm.submission.lookup_script(JobRequest(), "tag")
    assert "scontrol -a " in slurm.accounting.finished_fallback_script(["7"])


def test_a_closed_partition_is_reported() -> None:
    closed = (Partition("short", default=True, up=False),)
    [problem] = slurm.submission.check(JobRequest(), closed)
    assert problem.title == "Partition short is down"


def test_unlimited_partitions_limit_nothing() -> None:
    assert (
        slurm.submission.check(JobRequest(walltime=10**7, cores=999), (Partition("all", default=True),)) == ()
    )


def test_a_problem_says_the_limit_and_what_to_do() -> None:
    [problem] = slurm.submission.check(JobRequest(queue="tiny", cores=2, walltime=60, memory=100), PARTITIONS)
    assert problem.title == "No node of tiny has more than 1 core; the job would never start"
    assert problem.hint == "Request fewer, or choose another partition."


@pytest.mark.parametrize(
    ("gpus", "offered", "title"),
    [
        ("h100:4", "a100:2", "No node of gpu has the requested GPUs (h100:4), only a100:2"),
        ("9", "a100:2", "No node of gpu has the requested GPUs (9), only a100:2"),
        ("a100:1", "", "gpu has no GPUs"),
    ],
)
def test_a_problem_with_gpus_names_those_that_were_requested(gpus: str, offered: str, title: str) -> None:
    partitions = (Partition("gpu", default=True, gpus=offered),)
    [problem] = slurm.submission.check(JobRequest(walltime=60, gpus=gpus), partitions)
    assert (problem.title, problem.field) == (title, "gpus")


def test_old_partitions_give_warnings_only() -> None:
    request = JobRequest(queue="tiny", cores=2, walltime=60, memory=100)
    [fresh] = slurm.submission.check(request, PARTITIONS, 600)
    [old] = slurm.submission.check(request, PARTITIONS, 2400)
    assert (fresh.warning, old.warning) == (False, True)
    assert old.title == f"{fresh.title} (as of 40 min ago)"
    [wrong] = slurm.submission.check(JobRequest(port=80), (), 2400)
    assert not wrong.warning, "a mistake that no site can allow"
