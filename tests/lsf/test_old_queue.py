"""LSF's daemon is away: the last list stays, with its age and with what LSF says."""

from pathlib import Path

from jupystra_tui import paths
from jupystra_tui.demo import PracticeCluster

from ..verbs.running import jupystra

CONFIGURATION = '[clusters.lsf]\nhost = "{host}"\nssh_config = "{ssh_config}"\npoll = 1\npoll_floor = 1\n'


def test_the_list_says_how_old_it_is_and_why(practice: PracticeCluster, worker: Path) -> None:
    file = paths.config_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(CONFIGURATION.format(host=practice.alias, ssh_config=practice.ssh_config))
    words = ("list", "--cluster", "lsf", "--json")
    [queue] = jupystra(*words).told["queues"]
    assert (queue["cluster"], queue["problem"]) == ("lsf", None)
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
