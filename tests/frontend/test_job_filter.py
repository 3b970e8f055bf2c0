"""The filter language for jobs: what each term finds, what is said of a wrong one, and how a term is completed."""

import pytest

from jupystra_tui.frontend.job_fields import on_node
from jupystra_tui.frontend.job_filter import JobSearch, complete_filter, read_filter
from jupystra_tui.model import Job, JobState
from jupystra_tui.model.reason import Reason

HOUR, GIB = 3600, 1024
PRIORITY = Reason("Priority", "behind other jobs", "Jobs with a higher priority are ahead of it.")
LAB = Job(
    "4711", "4711", "jupyter-lab", JobState.RUNNING, "RUNNING", queue="short", node="c1", nodes="c1",
    left=11 * HOUR, limit=12 * HOUR, used=HOUR, cores=4, memory=8 * GIB, account="lab_kim",
)  # fmt: skip
TRAIN = Job(
    "4712", "4712", "train unet", JobState.PENDING, "PENDING", PRIORITY, queue="gpu", limit=12 * HOUR,
    left=12 * HOUR, cores=16, memory=64 * GIB, gpus="a100:2", account="chem",
)  # fmt: skip
SWEEP = Job(
    "85_[2-5]", "85_[waiting]", "sweep", JobState.PENDING, "PENDING", queue="short", left=30 * 60, cores=1,
    memory=500, account="chem",
)  # fmt: skip
WIDE = Job(
    "90", "90", "align-reads", JobState.RUNNING, "RUN", queue="gpu_long", node="gpu01", nodes="gpu[01-04,9]",
    left=50, gpus="4", cores=128,
)  # fmt: skip
ENDED = Job("77", "77", "jupyter-old", JobState.TIMEOUT, "TIMEOUT", queue="short", node="c2", nodes="c2")
JOBS = (LAB, TRAIN, SWEEP, WIDE, ENDED)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", JOBS),
        ("   ", JOBS),
        ("GPU pend", (TRAIN,)),
        ("jupyter -old", (LAB,)),
        ('"train unet"', (TRAIN,)),
        ('-"train unet" gpu', (WIDE,)),
        ("-", JOBS),
        ("state:pd", (TRAIN, SWEEP)),
        ("state:PENDING", (TRAIN, SWEEP)),
        ("state:r", (LAB, WIDE)),
        ("state:run", (LAB, WIDE)),
        ("-state:run,pd", (ENDED,)),
        ("state:to", (ENDED,)),
        ("state:timeout", (ENDED,)),
        ("queue:gpu", (TRAIN, WIDE)),
        ("part:gpu_", (WIDE,)),
        ("queue:gpu_,short state:r", (LAB, WIDE)),
        ("node:c1", (LAB,)),
        ("node:gpu03", (WIDE,)),
        ("node:gpu*", (WIDE,)),
        ("gpu:>0", (TRAIN, WIDE)),
        ("gpus:2", (TRAIN,)),
        ("gpu:a100", (TRAIN,)),
        ("gpu:0", (LAB, SWEEP, ENDED)),
        ("left:<1h", (SWEEP, WIDE)),
        ("left:>=0:30", (LAB, TRAIN, SWEEP)),
        ("left:<=0", ()),
        ("left:1h", (SWEEP, WIDE)),
        ("cores:>4", (TRAIN, WIDE)),
        ("cpus:4", (LAB,)),
        ("mem:>=8G", (LAB, TRAIN)),
        ("memory:<1G", (SWEEP,)),
        ("account:chem", (TRAIN, SWEEP)),
        ("reason:priority", (TRAIN,)),
        ("name:jupyter state:r", (LAB,)),
        ("id:85", (SWEEP,)),
        ("http://x", ()),
        ("no:such", ()),
    ],
)
def test_what_a_filter_finds(text: str, found: tuple[Job, ...]) -> None:
    assert JobSearch(JOBS).matching(text) == found
    assert read_filter(text).problem == ""


@pytest.mark.parametrize(
    "text", ["state:", "left:<", "gpu:>=", "queue:,", "node:,", "state:,", 'name:"', "-state:"]
)
def test_an_unfinished_term_hides_nothing(text: str) -> None:
    assert JobSearch(JOBS).matching(text) == JOBS
    assert read_filter(text).problem == ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("left:<zz", "left: 'zz' is not a duration. Write 90m, 12h or 1-06:00:00."),
        ("mem:>lots lab", "mem: 'lots' is not a size. Write 8G or 512M."),
        ("cores:many", "cores: 'many' is not a number. Write a number such as 4, or >4."),
        ("gpu:>²", "gpu: '²' is not a number. Write a number such as 4, or >4."),
        ("gpu:>" + "9" * 5000, "gpu: '" + "9" * 39 + "…' is not a number. Write a number such as 4, or >4."),
    ],
)
def test_a_wrong_value_is_said_and_left_out(text: str, problem: str) -> None:
    assert read_filter(text).problem == problem
    assert JobSearch(JOBS).matching(text)


def test_a_word_that_no_job_has_finds_similar_names() -> None:
    assert JobSearch(JOBS).matching("jplab") == (LAB,)
    assert JobSearch(JOBS).matching("trun state:pd") == (TRAIN,)
    assert JobSearch(JOBS).matching("(.*") == ()


def test_an_answer_is_kept_until_the_text_changes() -> None:
    search = JobSearch(JOBS)
    assert search.matching("short") is search.matching("short")
    assert search.matching("") is JOBS


@pytest.mark.parametrize(
    ("text", "completed"),
    [
        ("", ""),
        ("st", "state:"),
        ("short le", "short left:"),
        ("-qu", "-queue:"),
        ("state:pen", "state:pending"),
        ("state:running,pen", "state:running,pending"),
        ("queue:gpu_", "queue:gpu_long"),
        ("node:c", "node:c1"),
        ("account:la", "account:lab_kim"),
        ("state:", "state:"),
        ("zzz", "zzz"),
        ("zzz:a", "zzz:a"),
        ("left:<1", "left:<1"),
        ("a\nst", "a\nstate:"),
    ],
)
def test_a_term_is_completed_from_the_fields_and_the_jobs(text: str, completed: str) -> None:
    assert complete_filter(text, JOBS) == completed


@pytest.mark.parametrize(
    ("nodes", "node", "on"),
    [
        ("c1", "c1", True),
        ("c10", "c1", False),
        ("c[1-4,10]", "c10", True),
        ("c[1-4,10]", "c5", False),
        ("c[01-04]", "c02", True),
        ("c[01-04]", "c2", False),
        ("n[1-2]-ib,c3", "n2-ib", True),
        ("n[1-2]-ib,c3", "c3", True),
        ("4*h1:2*h2.site.edu", "h2", True),
        ("4*h1:2*h2.site.edu", "h2.site.edu", True),
        ("c1 c2", "c2", True),
        ("", "c1", False),
        ("c[1-" + "9" * 5000 + "]", "c2", False),
        ("c[-]", "c2", False),
    ],
)
def test_nodes_in_lists_as_schedulers_print_them(nodes: str, node: str, on: bool) -> None:
    assert on_node(nodes, node) is on
