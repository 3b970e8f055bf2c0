"""Presets: the shipped ones, and the user's own files."""

from pathlib import Path

import pytest

from jupystra_tui.errors import ConfigError
from jupystra_tui.frontend import presets
from jupystra_tui.model import Cluster, JobRequest

SHARED = """
host = "login.example.org"   # as the site has it
scheduler = "lsf"
poll_floor = 120
memory_unit = "MB"
route = "relay"
fingerprints = ["SHA256:x"]

[defaults]
queue = "interactive"
walltime = "8h"
memory = "4G"
setup = ["module load python"]
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JUPYSTRA_HOME", str(tmp_path))
    folder = tmp_path / "presets"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("name", "host", "scheduler", "queue"),
    [
        ("o2", "o2.hms.harvard.edu", "slurm", "short"),
        ("orchestra", "orchestra.med.harvard.edu", "lsf", "short"),
        ("slurm", "", "slurm", ""),
        ("lsf", "", "lsf", ""),
    ],
)
def test_the_shipped_presets(own: Path, name: str, host: str, scheduler: str, queue: str) -> None:
    jupystras = JobRequest(queue=queue, walltime=12 * 3600, memory=8192, cores=1)
    assert presets.preset(name) == Cluster(name, host, scheduler=scheduler, defaults=jupystras)


def test_no_other_preset_is_shipped_and_each_is_valid(own: Path) -> None:
    assert presets.names() == ("lsf", "o2", "orchestra", "slurm")
    found, wrong = presets.offered()
    assert [cluster.name for cluster in found] == ["o2", "orchestra"], "templates name no host"
    assert wrong == ()


def test_the_user_s_presets_are_preferred(own: Path) -> None:
    (own / "atlas.toml").write_text(SHARED)
    (own / "o2.toml").write_text('host = "o2.example.org"\n')
    assert presets.names() == ("atlas", "o2", "lsf", "orchestra", "slurm")
    assert presets.preset("atlas") == Cluster(
        "atlas",
        "login.example.org",
        scheduler="lsf",
        poll_floor=120.0,
        memory_unit="MB",
        route="relay",
        fingerprints=("SHA256:x",),
        defaults=JobRequest(
            queue="interactive", walltime=8 * 3600, memory=4096, setup=("module load python",)
        ),
    )
    assert presets.preset("o2") == Cluster("o2", "o2.example.org")


@pytest.mark.parametrize("name", ["", "none", "../config", "/etc/passwd", "o2.toml", "__init__"])
def test_an_invalid_name_is_not_a_preset(own: Path, name: str) -> None:
    (own.parent / "config.toml").write_text('host = "x"\n')
    assert presets.preset(name) is None


@pytest.mark.parametrize(
    ("text", "line", "said", "hint"),
    [
        ("hots = 'x'", 1, "unknown setting 'hots'", "Did you mean 'host'?"),
        ("host = 'x'\nscheduler = 'lfs'", 2, "'lfs' is not a scheduler", "Did you mean 'lsf'?"),
        ("[defaults]\nmemmory = '8G'", 2, "unknown setting 'memmory'", "Did you mean 'memory'?"),
        ("[defaults]\nwalltime = 'soon'", 2, "'soon' is not a duration", "Fix"),
        ("port = -1", 1, "-1 is not a port", "Fix"),
        ("name = 'x'", 1, "unknown setting 'name'", ""),
        ("[cluster.a]\nhost = 'x'", 1, "unknown setting 'cluster'", ""),
        ("preset = 'o2'", 1, "unknown setting 'preset'", ""),
        ("host = 'x'\npassword = 'hunter2'", 2, "this file must not hold a secret", "Take it out"),
        ("PASSPHRASE = 'hunter2'", 1, "this file must not hold a secret", "Take it out"),
        ("login_pw = 'hunter2'", 1, "this file must not hold a secret", "Take it out"),
        ("[defaults]\ntoken = 'hunter2'", 2, "this file must not hold a secret", "Take it out"),
        ("host = 'x;reboot'", 1, "A host cannot hold “;”.", "Fix"),
    ],
)
def test_an_error_names_file_and_line(own: Path, text: str, line: int, said: str, hint: str) -> None:
    file = own / "bad.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        presets.preset("bad")
    assert caught.value.title.startswith(f"{file}:{line}: ")
    assert said in caught.value.title
    assert caught.value.hint.startswith(hint)
    assert "hunter2" not in caught.value.title + caught.value.hint


def test_a_broken_preset_does_not_hide_the_others(own: Path) -> None:
    (own / "bad.toml").write_text("host = \n")
    (own / "atlas.toml").write_text(SHARED)
    found, wrong = presets.offered()
    assert [cluster.name for cluster in found] == ["atlas", "o2", "orchestra"]
    assert [error.title.startswith(f"{own}/bad.toml is not TOML") for error in wrong] == [True]
