"""Errors in the configuration name the file, the line and the most similar valid word."""

from pathlib import Path

import pytest

from jupystra_tui.errors import ConfigError
from jupystra_tui.frontend.config import Config, load
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
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JUPYSTRA_HOME", str(tmp_path))
    return tmp_path / "config.toml"


def test_without_a_file_the_defaults_apply(file: Path) -> None:
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
        ("[clusters.a.defaults]\n\nwalltime = 'soon'\n", 3, "'soon' is not a duration"),
        ("[clusters.a.defaults]\nmemory = '8 elephants'\n", 2, "is not a size"),
        ("[clusters.a.defaults]\ncores = 'many'\n", 2, "is a whole number, not a text"),
        ("[clusters.a]\nscheduler = 'pbs'\n", 2, "'pbs' is not a scheduler"),
        ("[clusters.a]\nname = 'b'\n", 2, "unknown setting 'name'"),
        ("clusters = 3\n", 1, "clusters"),
        ("[clusters]\na = 3\n", 2, "a"),
        ("[clusters.a]\ndefaults = 'x'\n", 2, "defaults"),
        ("[clusters.a]\nport = 22\n[clusters.b]\nport = 70000\n", 4, "70000 is not a port"),
        ("[clusters.a]\nport = 70000\n[clusters.a.defaults]\nport = 1\n", 2, "70000 is not a port"),
        ("[clusters.a]\ndefaults = { cores = 0 }\n", 2, "'0' is not a number of cores"),
        ("[clusters]\na.defaults.cores = 0\n", 2, "'0' is not a number of cores"),
        ("[clusters.'a b'] # odd\nroute = 'train'\n", 2, "'train' is not a route"),
        ("[clusters.a]\nmemory_unit = 'mb'\n", 2, "'mb' is not a memory unit"),
        ("[clusters.a]\npoll = nan\n", 2, "nan is not a time"),
        ("[clusters.a]\npoll_floor = -1\n", 2, "-1 is not a time"),
        ("[clusters.a]\nhost = '-oProxyCommand=x'\n", 2, "cannot begin with"),
        ("[clusters.a]\nhost = 'me@b'\n", 2, "are separate settings"),
        ("[clusters.a]\nuser = 'a b'\n", 2, "cannot hold blanks"),
        ("[clusters.a]\nport = '22'\n", 2, "is a whole number, not a text"),
        ("[clusters.a]\npassword = 'x'\n", 2, "this file must not hold a secret"),
        ("[clusters.a.defaults]\njupyter_token = 'x'\n", 2, "this file must not hold a secret"),
        ("[clusters.a]\nuser = 'x'\npreset = 'o3'\n", 3, "there is no preset 'o3'"),
        ("[clusters.a]\npreset = 3\n", 2, "there is no preset 3"),
        ("[clusters.a]\npoll_floor = '10'\n", 2, "poll_floor is a number, not a text"),
        ("[clusters.a.defaults]\nsetup = 'module load x'\n", 2, "setup is a list, not a text"),
        ("[clusters.a.defaults]\nsetup = ['export HF_TOKEN=abc']\n", 2, "this file must not hold a secret"),
    ],
)
def test_an_error_names_its_line(file: Path, text: str, line: int, words: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert caught.value.title.startswith(f"{file}:{line}: ")
    assert words in caught.value.title


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("hots = 'x'", "Did you mean 'host'?"),
        ("scheduler = 'slrum'", "Did you mean 'slurm'?"),
        ("preset = 'orchestre'", "Did you mean 'orchestra'?"),
        ("preset = 'zz'", "There are lsf, o2, orchestra, slurm."),
        ("route = 'zz'", "It is one of node, relay."),
        ("defaults.server = 'labb'", "Did you mean 'lab'?"),
        ("password = 'x'", "Take it out: passwords are asked for"),
    ],
)
def test_the_most_similar_name_is_suggested(file: Path, text: str, hint: str) -> None:
    file.write_text(f"[clusters.a]\n{text}\n")
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert caught.value.hint.startswith(hint)


def test_a_cluster_can_extend_a_preset(file: Path) -> None:
    file.write_text(
        """
        ssh_config = "/etc/ours"
        [clusters.work]
        preset = "o2"
        user = "abc123"
        [clusters.work.defaults]
        cores = 4
        [clusters."login.example.org"]
        preset = "lsf"
        """
    )
    work, login = load(file).clusters
    assert (work.name, work.host, work.user, work.scheduler) == (
        "work",
        "o2.hms.harvard.edu",
        "abc123",
        "slurm",
    )
    assert work.defaults == JobRequest(queue="short", cores=4)
    assert work.ssh_config == "/etc/ours"
    assert (login.name, login.host, login.scheduler) == ("login.example.org", "login.example.org", "lsf")


def test_a_former_name_of_an_app_is_still_read(file: Path) -> None:
    file.write_text("[clusters.a.defaults]\nserver = 'lab'\n[clusters.b.defaults]\nserver = 'notebook'\n")
    assert [cluster.defaults.server for cluster in load(file).clusters] == ["jupyterlab", "notebook"]


def test_a_set_up_command_can_read_a_secret_from_a_file(file: Path) -> None:
    line = 'export HF_TOKEN=$(cat ~/.token) API_KEY="$KEY" TOKEN='
    file.write_text(f"[clusters.a.defaults]\nsetup = ['{line}']\n")
    assert load(file).clusters[0].defaults.setup == (line,)


def test_invalid_toml_names_the_position(file: Path) -> None:
    file.write_text("theme = \n")
    with pytest.raises(ConfigError, match="line 1"):
        load(file)


def test_an_unreadable_file_is_an_error(file: Path) -> None:
    file.mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        load(file)
