"""LSF's daemon is away: the last list stays, with its age and with what LSF says."""

from pathlib import Path

from jupystra_tui.demo import PracticeCluster

from ..verbs.running import jupystra


def test_the_list_says_how_old_it_is_and_why(practice: PracticeCluster, worker: Path) -> None:
    words = ("-F", str(practice.ssh_config), "list", "--cluster", practice.alias, "--json")
    [queue] = jupystra(*words).told["queues"]
    assert (queue["cluster"], queue["problem"]) == (practice.alias, None)
    assert 0 <= queue["age"] < 60
    practice.stop_controller()
    ended = jupystra(*words)
    [old] = ended.told["queues"]
    assert ended.status == 0
    assert old["age"] > queue["age"]
    assert "LSF's daemon" in old["problem"]
    practice.start_controller()
    [again] = jupystra(*words).told["queues"]
    assert again["problem"] is None
