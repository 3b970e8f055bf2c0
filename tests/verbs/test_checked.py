"""`start` refuses what the form refuses, before anything is submitted, and names the flag."""

from pathlib import Path

from jupystra_tui.demo import PracticeCluster

from .running import start, told

REFUSED = {
    ("-p", "80"): "-p: A port is a number from 1024 to 65535",
    ("-c", "900"): "-c: No node of ",
    ("--option=--output=x",): "--option: --output is set by jupystra-tui",
}


def test_mistakes_are_refused_before_anything_is_submitted(slow_queue: PracticeCluster, worker: Path) -> None:
    for words, title in REFUSED.items():
        status, said = told(*start(slow_queue), *words)
        assert status == 2, (words, said)
        assert said["error"]["title"].startswith(title), said
        assert said["error"]["hint"]
    assert told("list")[1]["jobs"] == []
