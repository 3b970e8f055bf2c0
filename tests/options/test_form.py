"""What the fields of the launch form accept, and what they say."""

import pytest

from jupystra_tui.model import JobRequest, Partition
from jupystra_tui.model.units import parse_duration, parse_memory, write_duration, write_memory
from jupystra_tui.options import read_form, texts_of
from jupystra_tui.options.form import NO_PARTITION
from jupystra_tui.options.gpus import node_has, read_gpus
from jupystra_tui.options.remarks import limits
from jupystra_tui.options.walltime import clamp, clamped_remark
from jupystra_tui.ui.screens.launch_script import wrapped

SHORT = Partition("short", True, True, 43200, 24, 9, 16, 65536)
GPU = Partition("gpu", False, True, 86400, 4, 0, 48, 515072, "a100:4")
CLOSED = Partition("attic", False, False)

FULL = JobRequest(
    name="atlas", queue="short", walltime=5400, memory=1536, cores=4, gpus="a100:1", account="kim", qos="high",
    constraint="skylake", server="notebook", setup=("module load gcc", "conda activate 'my env'"),
    folder="~/projects/atlas", port=40000, local_port=9999, options=("--comment=a b", "--nice"),
)  # fmt: skip


@pytest.mark.parametrize("request_", [JobRequest(), FULL], ids=["default", "full"])
def test_a_request_survives_the_form(request_: JobRequest) -> None:
    assert read_form(texts_of(request_), SHORT).request == request_


@pytest.mark.parametrize(
    ("field", "text", "partition", "tone", "said"),
    [
        ("walltime", "90m", SHORT, "dim", "1 h 30 min"),
        ("walltime", "13h", SHORT, "bad", "over the limit of short: 12 h"),
        ("walltime", "soon", SHORT, "bad", "'soon' is not a duration"),
        ("walltime", "", SHORT, "bad", "this needs a duration"),
        ("walltime", "30-00:00:00", CLOSED, "dim", "30 d"),
        ("memory", "8G", SHORT, "dim", "8 GB · nodes have 64 GB"),
        ("memory", "65G", SHORT, "warn", "nodes of short have 64 GB"),
        ("memory", "8 apples", SHORT, "bad", "is not a size"),
        ("memory", "8G", NO_PARTITION, "dim", "8 GB"),
        ("cores", "17", SHORT, "warn", "nodes of short have 16"),
        ("cores", "0", SHORT, "bad", "1 or more"),
        ("cores", "²", SHORT, "bad", "1 or more"),
        ("gpus", "1", SHORT, "warn", "none in short"),
        ("gpus", "0", SHORT, "dim", "none in short"),
        ("gpus", "a100:2", GPU, "dim", "nodes have a100:4"),
        ("gpus", "4", GPU, "dim", "nodes have a100:4"),
        ("gpus", "5", GPU, "warn", "nodes of gpu have a100:4"),
        ("gpus", "a100:5", GPU, "warn", "nodes of gpu have a100:4"),
        ("gpus", "v100:1", GPU, "warn", "nodes of gpu have a100:4"),
        ("gpus", "two", GPU, "bad", "type:number"),
        ("queue", "short", SHORT, "dim", "≤ 12 h · 9 of 24 nodes free"),
        ("queue", "attic", CLOSED, "warn", "down"),
        ("queue", "gone", NO_PARTITION, "dim", "not among the queues"),
        ("folder", "", SHORT, "dim", "your home folder"),
        ("port", "65536", SHORT, "bad", "1 to 65535"),
        ("port", "0", SHORT, "dim", "any that is free"),
        ("local_port", "0", SHORT, "dim", "8888, or the next"),
        ("local_port", "9000", SHORT, "dim", "this one, or an error"),
        ("local_port", "lots", SHORT, "bad", "1 to 65535"),
        ("relay_port", "0", SHORT, "dim", "no port on the login node"),
        ("constraint", "", SHORT, "dim", "none"),
        ("outfile", "", SHORT, "dim", "the job's own folder"),
        ("local_port", "80", SHORT, "warn", "root"),
        ("name", "", SHORT, "bad", "needs a job name"),
        ("options", "--comment='a", SHORT, "bad", "not complete"),
    ],
)
def test_what_is_said_beside_a_field(
    field: str, text: str, partition: Partition, tone: str, said: str
) -> None:
    reading = read_form({**texts_of(JobRequest()), field: text}, partition)
    assert reading.remarks[field].tone == tone
    assert said in reading.remarks[field].text
    assert (reading.request is None) is (tone == "bad")


def test_no_gpus_is_no_option() -> None:
    for text in ("", "0", "a100:0"):
        request = read_form({**texts_of(JobRequest()), "gpus": text}).request
        assert request is not None
        assert request.gpus == ""


def test_blank_lines_of_the_set_up_go() -> None:
    request = read_form({**texts_of(JobRequest()), "setup": "\nmodule load gcc  \n\n  cd /tmp\n"}).request
    assert request is not None
    assert request.setup == ("module load gcc", "  cd /tmp")


def test_a_walltime_over_the_limit_is_cut_and_said() -> None:
    assert clamp(86400, SHORT) == 43200
    assert clamp(3600, SHORT) == 3600
    assert clamp(86400, CLOSED) == 86400
    assert clamped_remark(86400, SHORT).text == "12 h is the most short allows, not 1 d"


def test_limits_in_a_few_words() -> None:
    assert limits(SHORT) == "≤ 12 h · 9 of 24 nodes free"
    assert limits(Partition("q", max_time=3600)) == "≤ 1 h"
    assert limits(CLOSED) == "no time limit · down"


@pytest.mark.parametrize("seconds", [1, 60, 90, 5400, 43200, 86400, 108000, 30 * 86400, 86461])
def test_durations_are_written_so_that_they_can_be_read(seconds: int) -> None:
    assert parse_duration(write_duration(seconds)) == seconds


@pytest.mark.parametrize("mib", [1, 512, 1024, 1536, 8192, 1048576])
def test_sizes_are_written_so_that_they_can_be_read(mib: int) -> None:
    assert parse_memory(write_memory(mib)) == mib


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        ("umask 077", ["umask 077"]),
        ("", [""]),
        ("#SBATCH --output=/home/ada/out.log", ["#SBATCH", "    --output=/home/a", "    da/out.log"]),
        ("  keep failure && exit 1 || true", ["  keep failure &&", "    exit 1 || true"]),
    ],
)
def test_a_long_line_of_the_script_is_whole_and_hangs(line: str, rows: list[str]) -> None:
    assert [row.plain for row in wrapped(line, 20)] == rows


@pytest.mark.parametrize(
    ("wanted", "offered", "has"),
    [
        ("1", "4", True), ("5", "4", False), ("a100:2", "a100:4,v100:2", True), ("A100:2", "a100:4", True),
        ("v100:3", "a100:4,v100:2", False), ("6", "a100:4,v100:2", True), ("7", "a100:4,v100:2", False),
        ("h100:1", "a100:4", False), ("a100:2", "4", True), ("a100:9", "what is this?", True),
    ],
)  # fmt: skip
def test_whether_a_node_has_so_many_gpus(wanted: str, offered: str, has: bool) -> None:
    gpus = read_gpus(wanted)
    assert gpus
    assert node_has(gpus, offered) is has


@pytest.mark.parametrize("text", ["", "two", "a100", "a100:", ":2", "1:2", "-1", "a100:2:3", "99999", "٣"])
def test_what_is_not_a_number_of_gpus(text: str) -> None:
    assert read_gpus(text) is None
