"""An app that one TOML file adds: started as a job, found from another laptop, and opened with its token only."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from jupystra_tui.demo import PracticeCluster

from .. import own_app
from .running import jupystra, start, told


def test_one_file_adds_an_app_that_any_laptop_finds(practice: PracticeCluster, worker: Path) -> None:
    own_app.add()
    code, server = told(*start(practice), "--server", "hello", "--wait")
    assert code == 0, server
    address, _, token = server["url"].partition("?key=")
    assert (server["ready"], len(token)) == (True, 48)
    assert own_app.status(server["url"]) == 200
    assert own_app.status(address) == 403
    assert own_app.status(f"{address}?key=wrong") == 403
    job = server["job_id"]
    script = Path(told("script", job)[1]["path"])
    assert token not in script.read_text()
    with TemporaryDirectory(prefix="jl-") as other:  # a laptop that has neither the file nor a setting
        words = ("-F", str(practice.ssh_config), "connect", job, "--cluster", practice.alias)
        try:
            code, again = told(*words, JUPYSTRA_HOME=other)
            assert code == 0, again
            assert again["local_port"] != server["local_port"]
            assert own_app.status(again["url"]) == 200
            assert own_app.status(again["url"].partition("?")[0]) == 403
        finally:
            jupystra("worker", "stop", JUPYSTRA_HOME=other)
    assert told("kill", job, "--yes")[1]["killed"] == [job]


@pytest.mark.parametrize("practice", ["slurm"], indirect=True)
def test_a_broken_file_is_named_and_the_other_apps_still_start(
    practice: PracticeCluster, worker: Path
) -> None:
    file = own_app.add(own_app.text().replace("{port}", "{prot}"), "broken")
    own_app.add()
    refused = jupystra(*start(practice), "--server", "broken")
    assert refused.status != 0
    assert f"{file}: unknown placeholder {{prot}}" in refused.err
    assert "Did you mean 'port'?" in refused.err
    code, server = told(*start(practice), "--server", "hello", "--wait")
    assert (code, server["ready"]) == (0, True)
