"""Slurm's words for times, sizes, GPUs and hosts."""

import pytest

from jupystra_tui.model import JobState
from jupystra_tui.schedulers.slurm import slurm_values as words


@pytest.mark.parametrize(
    ("nodelist", "host"),
    [
        ("c1", "c1"),
        ("c[1-2,4]", "c1"),
        ("c1,c5", "c1"),
        ("rack[01-03]n[1-2]", "rack01n1"),
        ("a-b-c01", "a-b-c01"),
        ("gpu-a-[007,009]", "gpu-a-007"),
        ("compute-e-16-[1-4].site.edu", "compute-e-16-1.site.edu"),
        ("c[1-2],d[4-5]", "c1"),
        ("(null)", ""),
        ("None assigned", ""),
        ("", ""),
        ("c[", "c"),
    ],
)
def test_first_host(nodelist: str, host: str) -> None:
    assert words.first_host(nodelist) == host


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0:00", 0),
        ("0:07", 7),
        ("59:53", 3593),
        ("1:00:00", 3600),
        ("7-00:00:00", 604800),
        ("1-06", 108000),
        ("1-06:30", 109800),
        ("90", 5400),
        ("UNLIMITED", None),
        ("INVALID", None),
        ("NOT_SET", None),
        ("Partition_Limit", None),
        ("", None),
        ("-1", None),
        ("1:2:3:4", None),
    ],
)
def test_times(text: str, seconds: int | None) -> None:
    assert words.seconds(text) == seconds


@pytest.mark.parametrize(
    ("text", "mib"),
    [
        ("1000M", 1000),
        ("62.50G", 64000),
        ("2G", 2048),
        ("1T", 1048576),
        ("64000", 64000),
        ("2Gc", 2048),
        ("0", None),
        ("?", None),
    ],
)
def test_sizes(text: str, mib: int | None) -> None:
    assert words.mebibytes(text) == mib


@pytest.mark.parametrize(
    ("text", "gpus"),
    [
        ("gres:gpu:a100:2", "a100:2"),
        ("gres:gpu:4", "4"),
        ("gres/gpu:a100:2", "a100:2"),
        ("gres/gpu=2", "2"),
        ("gres/gpu:a100=2", "a100:2"),
        ("gpu:a100:4(S:0-1)", "a100:4"),
        ("gpu:a100:4(S:0,1),gpu:v100:2,mps:400", "a100:4,v100:2"),
        ("gpu", "1"),
        ("gres:gpu:a100", "a100:1"),
        ("gres/gpu=2,gres/gpu:a100=2", "a100:2"),
        ("gres:gpu:2080ti:1", "2080ti:1"),
        ("gpu:2080ti", "2080ti:1"),
        ("gpu:1g.5gb:7(S:0)", "1g.5gb:7"),
        ("gpu:a100_3g.20gb:2(S:0-1),gpu:a100_1g.5gb:4,gpumem:80G", "a100_3g.20gb:2,a100_1g.5gb:4"),
        ("gres/gpumem=40G,gres/gpuutil=10", ""),
        ("gpumem:40G,gpu:1", "1"),
        ("shard:8,gpu:rtx-6000:2", "rtx-6000:2"),
        ("cpu=4,mem=8G,node=1,billing=4,gres/gpu=1", "1"),
        ("craynetwork:1", ""),
        ("(null)", ""),
        ("N/A", ""),
    ],
)
def test_gpus(text: str, gpus: str) -> None:
    assert words.gpus(text) == gpus


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("CANCELLED by 6001", JobState.CANCELLED),
        ("CANCELLED+", JobState.CANCELLED),
        ("COMPLETING", JobState.ENDING),
        ("CONFIGURING", JobState.PENDING),
        ("REQUEUED", JobState.PENDING),
        ("OUT_OF_MEMORY", JobState.OUT_OF_MEMORY),
        ("TIMEOUT", JobState.TIMEOUT),
        ("NODE_FAIL", JobState.NODE_FAIL),
        ("PREEMPTED", JobState.PREEMPTED),
        ("DEADLINE", JobState.DEADLINE),
        ("", JobState.UNKNOWN),
        ("running", JobState.UNKNOWN),
    ],
)
def test_states(word: str, state: JobState) -> None:
    assert words.state_of(word) is state


@pytest.mark.parametrize("text", ["9" * 100, "٣", "²", "-1", "1.5", ""])
def test_other_texts_are_not_counts(text: str) -> None:
    assert words.number(text) is None
