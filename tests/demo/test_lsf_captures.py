"""The practice LSF prints what a running one (volclava 2.2) did, byte for byte where hosts and ids can be the same."""

import re
import time

import pytest

from jupystra_tui.demo.demo_job import Array, DemoJob, DemoReason, DemoRequest, DemoState
from jupystra_tui.demo.demo_queue import DemoQueue
from jupystra_tui.demo.inventory import DemoPartition, Inventory, Node
from jupystra_tui.demo.lsf import LsfCommands
from jupystra_tui.demo.scheduler_commands import CommandCall, CommandReply
from tests.schedulers.lsf_captures import said

NODES = (Node("clarinet002-064", 4, 24105, ""), Node("login01", 0, 24105, ""), Node("node01", 8, 24105, ""))
QUEUES = ("normal", "interactive", "window", "a_rather_long_queue_name", "short")
SITE = Inventory(
    "volclava",
    "login01",
    tuple(DemoPartition(name, NODES, 10, 10) for name in QUEUES),
    ("default",),
    ("normal",),
    0,
)
AT = time.mktime((2026, 11, 22, 17, 46, 20, 0, 0, -1))
ROW = re.compile(r"(\d+) +lsfuser (\w+) +(\S+) +login01 +(\S+) +(.*?) +Nov 22 17:46")
STATES = {
    "RUN": DemoState.RUNNING,
    "PEND": DemoState.PENDING,
    "EXIT": DemoState.FAILED,
    "DONE": DemoState.COMPLETED,
}


class Recorded(DemoQueue):
    """A queue of jobs as they stood when the captures were taken."""

    def __init__(self, *jobs: DemoJob) -> None:
        super().__init__(SITE, launch=lambda job: pytest.fail("nothing is to be started"))
        self._taken = list(jobs)

    def jobs(self) -> list[DemoJob]:
        return self._taken


def run(line: str, *jobs: DemoJob, stdin: str = "sleep 1") -> CommandReply:
    name, *argv = re.findall(r"'[^']*'|\"[^\"]*\"|\S+", line)
    call = CommandCall(
        [word.strip("'\"") for word in argv],
        "/home/lsfuser",
        {"HOME": "/home/lsfuser"},
        0o22,
        lambda: stdin,
        print,
    )
    return LsfCommands(Recorded(*jobs), "lsfuser").answer(name, call)


def job(
    id: int, state: DemoState, name: str, queue: str = "normal", node: str = "", array: Array | None = None
) -> DemoJob:
    request = DemoRequest(
        name, queue, "sleep 900", "/home/lsfuser", "/dev/null", account="default", minutes=None
    )
    return DemoJob(
        id, request, AT, AT, state, DemoReason.RESOURCES, node, started=AT if node else None, array=array
    )


def taken(row: str) -> DemoJob:
    match = ROW.match(row)
    assert match, row
    id, word, queue, host, name = match.groups()
    element = re.search(r"\[(\d+)\]$", name)
    array = Array(int(id), (int(element[1]) - 1,), 1, waiting=False) if element else None
    return job(
        int(id), STATES[word], re.sub(r"\[\d+\]$", "", name), queue, "" if host == "-" else host, array
    )


def rows_of(name: str) -> list[str]:
    skipped = ("2*node01:", " PSUSP ", " USUSP ")  # what this practice cluster never does
    return [line for line in said(name).out.splitlines()[1:] if not any(word in line for word in skipped)]


def test_wide_rows() -> None:
    for name in ("bjobs-mixed-w", "bjobs-a-w"):
        lines = [line for line in rows_of(name) if "17:46" in line]
        assert len(lines) > 15
        for line in lines:
            printed = run("bjobs -a -w", taken(line)).stdout.splitlines()
            assert printed == [said(name).out.splitlines()[0], line]


def test_json_fields() -> None:
    lines = rows_of("bjobs-mixed-w")
    jobs = [taken(line) for line in lines]
    expected = [part for part in said("bjobs-o-mixed-json").out.split("}, {") if "2*node01" not in part]
    printed = run("bjobs -o 'jobid stat exec_host job_name' -json", *jobs).stdout
    for part in expected[1:-1]:
        if '"17"' not in part:
            assert part in printed


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("bjobs", "bjobs-none"), ("bjobs -w", "bjobs-w-none"), ("bjobs -o 'jobid stat' -json", "bjobs-none-json"),
        ("bjobs -V", "bjobs-V"), ("bjobs -o 'jobid stat' -noheader", "bjobs-o-delim"),
        ("bjobs 999999", "bjobs-id-unknown"), ("bsub -W abc sleep 10", "bsub-badW"),
        ("bjobs -q nosuchq", "bjobs-queue-unknown"), ("bkill abc", "bkill-garbage"), ("bkill 999999", "bkill-unknown"),
        ("bhist -l 99999", "bhist-none"), ("bsub -q nosuchq sleep 10", "bsub-badqueue"),
        ("bsub -q short -W 60 sleep 10", "bsub-W-overlimit"), ("bsub -n foo sleep 1", "bsub-badn"),
        ("bsub -n 64 sleep 1", "bsub-impossible-n"), ("bsub -M abc sleep 1", "bsub-badM"),
        ("bsub -R 'rusage[mem=' sleep 10", "bsub-badR"), ("bqueues nosuchq", "bqueues-bad"),
    ],
)  # fmt: skip
def test_refusals_and_nothings(line: str, name: str) -> None:
    answer, recorded = run(line), said(name)
    assert (answer.stdout, answer.stderr, answer.code) == (recorded.out, recorded.err, recorded.code)


def test_a_field_that_is_none() -> None:
    recorded = said("bjobs-o-badfield")
    answer = run("bjobs -a -o 'jobid nosuch'", job(1, DemoState.RUNNING, "x", node="node01"))
    assert (answer.stderr, answer.code) == (recorded.err, recorded.code)


def test_reasons() -> None:
    recorded = [
        part for part in re.split(r"\n(?=\d)", said("bjobs-p-w").out.rstrip("\n")) if " PSUSP " not in part
    ]
    pending = [taken(line) for line in rows_of("bjobs-mixed-w") if " PEND " in line]
    printed = run("bjobs -p -w", *pending).stdout.rstrip("\n")
    assert sorted(re.split(r"\n(?=\d)", printed)) == sorted(recorded)


def test_a_queue_in_full() -> None:
    def shape(text: str) -> list[str]:
        own = ("  -- ", " 35 ", " 40 ", "HOSTS:", " RUNLIMIT", " 10.0 min")
        return [line for line in text.split("\n") if not line.startswith(own)]

    printed, recorded = run("bqueues -l short").stdout, said("bqueues-l-short").out
    assert shape(printed) == shape(recorded)
    assert len(printed.split("\n")) == len(recorded.split("\n"))


def test_the_cluster_and_its_hosts() -> None:
    assert run("lsid").stdout == said("lsid").out
    printed, recorded = run("lshosts -w").stdout.splitlines(), said("lshosts").out.splitlines()
    assert printed[0] == recorded[0]
    counted = re.compile(r" 100\.0 +\d+ ")
    assert sorted(counted.sub("", line) for line in printed) == sorted(
        counted.sub("", line) for line in recorded
    )


def test_hosts() -> None:
    printed = run("bhosts -w").stdout.splitlines()
    recorded = said("bhosts-w").out.splitlines()
    assert printed[:2] + printed[3:] == recorded[:2] + recorded[3:]


def test_a_kill_and_its_history() -> None:
    running = job(10, DemoState.RUNNING, "lab", node="node01")
    assert run("bkill 10", running).stdout == said("bkill-run").out
    over = job(1, DemoState.COMPLETED, "lab", node="node01")
    assert run("bkill 1", over).stderr == said("bkill-done").err
    assert run("bkill 1", over).code == said("bkill-done").code
    event = next(line for line in said("bhist-l").out.splitlines() if "Signal <KILL>" in line)
    killed = job(10, DemoState.CANCELLED, "lab", node="node01")
    killed = DemoJob(**{**vars(killed), "ended": AT + 49, "left": (0, 0)})
    assert event.partition(": ")[2] in run("bhist -l 10", killed).stdout
    assert " DONE " in run("bjobs -a -w", killed).stdout  # a server that ends well on a signal
