"""JupyStra's flags: each sets one field, and errors name the invalid value."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from jupystra_tui.__main__ import main
from jupystra_tui.cli import dashboard_parser
from jupystra_tui.errors import ConfigError
from jupystra_tui.frontend.config import Config, load
from jupystra_tui.frontend.flags import add_target, cluster_of
from jupystra_tui.frontend.launch_flags import add_launch, order_of, request_of
from jupystra_tui.model import Cluster, JobRequest, Order

DEFAULTS = JobRequest(queue="long", memory=2048, cores=4, setup=("module load python",), folder="~/atlas")
HPC = Cluster("hpc", "login.example.org", "ada", defaults=DEFAULTS)
CONFIG = Config(clusters=(HPC,), ssh_config="/etc/ours")


@pytest.fixture(autouse=True)
def laptop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JUPYSTRA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def read(*words: str) -> Namespace:
    parser = ArgumentParser(allow_abbrev=False)
    add_target(parser)
    add_launch(parser)
    return parser.parse_args(words)


def request(*words: str) -> JobRequest:
    return request_of(HPC, read("hpc", *words))


def cluster(*words: str, config: Config = CONFIG) -> Cluster:
    found = cluster_of(config, read(*words))
    assert found
    return found


@pytest.mark.parametrize(
    ("words", "set_to"),
    [
        (("-q", "short"), {"queue": "short"}),
        (("--queue=short",), {"queue": "short"}),
        (("-W", "12:00:00"), {"walltime": 43200}),
        (("--wall_time", "12:00"), {"walltime": 43200}),
        (("-W", "1-06:00:00"), {"walltime": 108000}),
        (("-W", "90"), {"walltime": 5400}),
        (("-R", "8G"), {"memory": 8192}),
        (("--mem", "500M"), {"memory": 500}),
        (("-c", "16"), {"cores": 16}),
        (("--cores", "1"), {"cores": 1}),
        (("-o", "jupyter.lsf"), {"outfile": "jupyter.lsf"}),
        (("--outfile", "out/%J.log"), {"outfile": "out/%J.log"}),
        (("-p", "8888"), {"port": 8888}),
        (("--port", "0"), {"port": 0}),
        (("-r", "9000"), {"relay_port": 9000}),
        (("--remote_port", "20000"), {"relay_port": 20000}),
        (("-L", "65535"), {"local_port": 65535}),
        (("--local_port", "8899"), {"local_port": 8899}),
        (("--gpus", "a100:2"), {"gpus": "a100:2"}),
        (("--account", "kim"), {"account": "kim"}),
        (("--qos", "debug"), {"qos": "debug"}),
        (("--constraint", "ib&a100"), {"constraint": "ib&a100"}),
        (("--name", "my lab"), {"name": "my lab"}),
        (("--folder", "~/x"), {"folder": "~/x"}),
        (("--server", "notebook"), {"server": "notebook"}),
        (("--server", "lab"), {"server": "jupyterlab"}),
        (("--server", "jupyterlab"), {"server": "jupyterlab"}),
        (("--option=--exclusive", "--option", "-w c1"), {"options": ("--exclusive", "-w c1")}),
        (("--no_script",), {}),
        (("--connect",), {}),
        (("--count", "3"), {}),
        ((), {}),
    ],
)
def test_a_flag_sets_one_thing(words: tuple[str, ...], set_to: dict[str, Any]) -> None:
    assert request(*words) == replace(DEFAULTS, **set_to)


def test_commands_come_after_those_of_the_cluster() -> None:
    asked = request("--cmds", "export A=1", "ls | wc", "--cmds", "module load R")
    assert asked.setup == ("module load python", "export A=1", "ls | wc", "module load R")
    assert asked.folder == "~/atlas"


@pytest.mark.parametrize("command", ["cd path/to/dir", "  cd", "mkdir -p x && cd x", "(true); pushd x"])
def test_a_cd_command_sets_the_folder(command: str) -> None:
    assert request("--cmds", command).folder == ""


def test_a_folder_flag_overrides_a_cd_command() -> None:
    assert request("--cmds", "cd x", "--folder", "~/y").folder == "~/y"


@pytest.mark.parametrize("command", ["echo cd", "abcd x", "cdo info"])
def test_other_commands_do_not_set_the_folder(command: str) -> None:
    assert request("--cmds", command).folder == "~/atlas"


@pytest.mark.parametrize(
    "words",
    [
        ("hpc", "--cmds", "a", "b c"),
        ("--cmds", "a", "b c", "--", "hpc"),
        ("--cmds", "a", "b c", "--connect", "hpc"),
    ],
)
def test_the_cluster_is_given_before_the_commands_or_after_two_dashes(words: tuple[str, ...]) -> None:
    arguments = read(*words)
    assert (arguments.destination, arguments.setup) == ("hpc", ["a", "b c"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-W", "soon"), "-W: 'soon' is not a duration"),
        (("-W", "0"), "-W: '0'"),
        (("-R", "8 apples"), "-R: '8 apples' is not a size"),
        (("-R", "0"), "-R: '0' is not a size"),
        (("-c", "0"), "-c: '0' is not a number of cores"),
        (("-c", "-2"), "-c: '-2'"),
        (("-c", "²"), "-c: '²'"),
        (("-c", "1" * 5000), "-c: '1111"),
        (("-p", "65536"), "-p: '65536' is not a port"),
        (("-r", "-1"), "-r: '-1' is not a port"),
        (("-L", "http"), "-L: 'http' is not a port"),
        (("--gpus", "two"), "--gpus: 'two' is not a number of GPUs"),
        (("--server", "vim"), "--server: 'vim' is not an app"),
        (("--name", ""), "--name: this needs a job name"),
        (("--count", "0"), "--count: '0' is not a number of polls"),
    ],
)
def test_an_error_names_the_invalid_value_and_shows_a_valid_one(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        order_of(HPC, read("hpc", *words))
    assert caught.value.title.startswith(said)
    assert caught.value.hint.startswith("Write ")


@pytest.mark.parametrize("words", [("--ques",), ("--passwor", "x"), ("-q",), ("--connect=1",), ("a", "b")])
def test_an_unknown_flag_ends_with_status_2(words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        dashboard_parser().parse_args(words)
    assert ended.value.code == 2


def test_an_order_contains_how_it_is_started() -> None:
    assert order_of(HPC, read("hpc")) is None
    order = order_of(HPC, read("hpc", "--connect", "--count", "20", "--no_script", "-c", "2"))
    assert order == Order({"cores": 2}, at_once=True, poll_limit=20, script=False)
    order = order_of(HPC, read("hpc", "-q", "x"))
    assert order == Order({"queue": "x"}, at_once=False, poll_limit=0, script=True)


def test_an_order_without_a_cluster_applies_to_the_chosen_one() -> None:
    order = order_of(None, read("-c", "2", "--cmds", "a b"))
    assert order
    assert order.request(DEFAULTS) == replace(DEFAULTS, cores=2, setup=("module load python", "a b"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--connect",), "--connect needs to know the cluster"),
        (("--connect", "--cmds", "ls", "hpc"), "--connect needs to know the cluster"),
        (("--cmds", "cd x", "ada@hpc"), "'ada@hpc' after --cmds is taken as a command"),
    ],
)
def test_a_cluster_that_is_missing_or_was_taken_for_a_command(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        order_of(None, read(*words))
    assert caught.value.title == said
    assert "--cmds" in caught.value.hint


# The cluster


def test_no_argument_names_no_cluster() -> None:
    assert cluster_of(CONFIG, read()) is None


@pytest.mark.parametrize("words", [("hpc",), ("--cluster", "hpc"), ("ada@hpc",), ("--cluster", "hpc", "ada")])
def test_a_cluster_of_the_configuration(words: tuple[str, ...]) -> None:
    assert cluster(*words) == replace(HPC, ssh_config="/etc/ours")


@pytest.mark.parametrize(
    "words", [("bob@hpc",), ("--cluster", "hpc", "bob"), ("--cluster", "hpc", "bob@hpc")]
)
def test_another_login_id_there(words: tuple[str, ...]) -> None:
    assert cluster(*words) == replace(HPC, name="bob@hpc", user="bob", ssh_config="/etc/ours")


@pytest.mark.parametrize("typed", ["ada@new.example.org", "new.example.org", "ada@new.example.org:2222"])
def test_any_host_or_alias(typed: str) -> None:
    user, _, address = typed.rpartition("@")
    host, _, port = address.partition(":")
    assert cluster(typed) == Cluster(typed, host, user, int(port or 0), "/etc/ours")


@pytest.mark.parametrize(
    ("words", "host", "scheduler"),
    [
        (("--cluster", "o2", "abc123"), "o2.hms.harvard.edu", "slurm"),
        (("abc123@o2",), "o2.hms.harvard.edu", "slurm"),
        (("--orchestra", "abc123"), "orchestra.med.harvard.edu", "lsf"),
        (("abc123", "--orchestra", "--cluster", "orchestra"), "orchestra.med.harvard.edu", "lsf"),
    ],
)
def test_a_preset_with_a_login_id(words: tuple[str, ...], host: str, scheduler: str) -> None:
    found = cluster(*words)
    assert (found.host, found.user, found.scheduler) == (host, "abc123", scheduler)
    assert found.defaults == JobRequest(queue="short")
    assert found.ssh_config == "/etc/ours"


def test_a_template_takes_the_host_that_is_given() -> None:
    found = cluster("--cluster", "lsf", "me@login.example.org:2222")
    assert found.name == "me@login.example.org"
    assert (found.host, found.user, found.port, found.scheduler) == ("login.example.org", "me", 2222, "lsf")
    assert cluster("--cluster", "slurm", "login").name == "login"
    assert cluster("slurm").scheduler == "auto", "a word alone is a host"


def test_an_alias_of_openssh_comes_before_a_shipped_preset_but_not_before_the_user_s_own(
    laptop: Path,
) -> None:
    aliases = laptop / "ssh_config"
    aliases.write_text("Host o2 mine\n  HostName 127.0.0.1\n")
    assert cluster("o2", "-F", str(aliases)) == Cluster("o2", "o2", ssh_config=str(aliases))
    assert cluster("--cluster", "o2", "-F", str(aliases)).host == "o2.hms.harvard.edu"
    (laptop / "presets").mkdir()
    (laptop / "presets" / "mine.toml").write_text('host = "login.example.org"\n')
    assert cluster("mine", "-F", str(aliases)).host == "login.example.org"


def test_the_flag_for_the_ssh_configuration_overrules_every_file(tmp_path: Path) -> None:
    own = Config(clusters=(replace(HPC, ssh_config="/etc/hpc"),))
    (tmp_path / "x").touch()
    assert cluster("hpc", config=own).ssh_config == "/etc/hpc"
    assert cluster("hpc", "-F", f"{tmp_path}/x", config=own).ssh_config == f"{tmp_path}/x"
    assert cluster("--cluster", "o2", "-F", f"{tmp_path}/x", config=own).ssh_config == f"{tmp_path}/x"
    assert cluster("hpc", "-F", "none", config=own).ssh_config == "none"
    with pytest.raises(ConfigError, match=r"-F .*/y cannot be read: No such file"):
        cluster("hpc", "-F", f"{tmp_path}/y", config=own)


@pytest.mark.parametrize(
    ("words", "said", "hint"),
    [
        (("--cluster", "hcp"), "There is no cluster 'hcp'", "Did you mean hpc?"),
        (("--cluster", "orchestre"), "There is no cluster 'orchestre'", "Did you mean orchestra?"),
        (("--cluster", "zz"), "There is no cluster 'zz'", "There are: hpc, lsf, o2, orchestra, slurm."),
        (("--cluster", "slurm"), "The preset slurm is for any host", "--cluster slurm you@"),
        (("--cluster", "o2", "--orchestra"), "--orchestra and --cluster o2 name two", "Leave one"),
        (("--cluster", "o2", "me@elsewhere"), "--cluster o2 is o2.hms.harvard.edu", "--cluster o2 me"),
        (("--cluster", "o2", "me;reboot"), "'me;reboot' is no login_ID", "A user cannot hold “;”."),
        (("a b",), "'a b' is no cluster", "A host cannot hold blanks"),
        (("@h",), "'@h' is no cluster", "The user is missing."),
    ],
)
def test_an_unknown_cluster_is_named_and_a_similar_one_suggested(
    words: tuple[str, ...], said: str, hint: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        cluster_of(CONFIG, read(*words))
    assert said in caught.value.title
    assert hint in caught.value.hint


def test_a_start_without_flags_is_that_of_a_parser_with_no_arguments() -> None:
    arguments = dashboard_parser().parse_args([])
    assert cluster_of(CONFIG, arguments) is None
    assert order_of(None, arguments) is None


@pytest.mark.parametrize("words", [[], ["--orchestra"]])
def test_an_invalid_setting_ends_the_start_with_and_without_flags(
    words: list[str], laptop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (laptop / "config.toml").write_text("them = 1")
    monkeypatch.setattr("sys.argv", ["jupystra-tui", *words])
    monkeypatch.setattr("gc.disable", lambda: None)
    assert main() == 2
    assert capsys.readouterr().err.startswith(f"jupystra: {laptop}/config.toml:1: unknown setting 'them'")


def test_settings_that_cannot_be_reached_are_not_taken_for_missing(laptop: Path) -> None:
    (laptop / "file").touch()
    with pytest.raises(ConfigError, match="cannot be read"):
        load(laptop / "file" / "config.toml")
