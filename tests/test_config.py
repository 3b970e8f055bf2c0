"""A mistake in the configuration names file, line and the nearest right word."""

from pathlib import Path

import pytest

from jupystra_tui.config import Config, load
from jupystra_tui.errors import ConfigError
from jupystra_tui.model import JobRequest

GOOD = """
theme = "jupystra-light"
ssh_config = "~/elsewhere"

[keys]
kill = "K"

[clusters.hpc]
host = "login.example.org"
user = "ada"
poll = 60

[clusters.hpc.defaults]
queue = "short"
walltime = "8h"
memory = "8G"
setup = ["module load python"]

[clusters.plain]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_no_file_means_the_defaults(file: Path) -> None:
    assert load(file) == Config()


def test_clusters_and_their_defaults(file: Path) -> None:
    file.write_text(GOOD)
    config = load(file)
    hpc = config.cluster("hpc")
    assert hpc
    assert (hpc.host, hpc.user, hpc.poll, hpc.poll_floor) == ("login.example.org", "ada", 60.0, 10.0)
    assert hpc.ssh_config == str(Path("~/elsewhere").expanduser())
    assert hpc.defaults == JobRequest(
        queue="short", walltime=8 * 3600, memory=8192, setup=("module load python",)
    )
    plain = config.cluster("plain")
    assert plain
    assert plain.host == "plain"
    assert config.keys == {"kill": "K"}
    assert config.cluster("other") is None


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("them = 'x'\n", 1, "unknown setting 'them'"),
        ("\n[clusters.a]\nhots = 'x'\n", 3, "unknown setting 'hots'"),
        ("[clusters.a.defaults]\n\nwalltime = 'soon'\n", 3, "soon is no duration"),
        ("[clusters.a.defaults]\nmemory = '8 elephants'\n", 2, "is no size"),
        ("[clusters.a.defaults]\ncores = 'many'\n", 2, "Expected `int`"),
        ("[clusters.a]\nscheduler = 'pbs'\n", 2, "'pbs' is no scheduler"),
        ("[clusters.a]\nname = 'b'\n", 2, "unknown setting 'name'"),
        ("clusters = 3\n", 1, "clusters"),
        ("[clusters]\na = 3\n", 2, "a"),
        ("[clusters.a]\ndefaults = 'x'\n", 2, "defaults"),
    ],
)
def test_a_mistake_names_its_line(file: Path, text: str, line: int, words: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert caught.value.title.startswith(f"{file}:{line}: ")
    assert words in caught.value.title


def test_the_nearest_right_name_is_offered(file: Path) -> None:
    file.write_text("[clusters.a]\nhots = 'x'\n")
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert caught.value.hint == "Did you mean 'host'?"


def test_what_is_no_toml_says_where(file: Path) -> None:
    file.write_text("theme = \n")
    with pytest.raises(ConfigError, match="line 1"):
        load(file)


def test_a_file_that_cannot_be_read_is_said(file: Path) -> None:
    file.mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        load(file)
