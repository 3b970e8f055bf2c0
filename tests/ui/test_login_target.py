"""What can be typed to name a cluster."""

import pytest

from jupystra_tui.frontend.config import Config
from jupystra_tui.model import Cluster
from jupystra_tui.model.target import Target, read_target
from jupystra_tui.ui.screens.login_target import (
    CONFIGURED,
    OPENSSH,
    PRESET,
    SHIPPED,
    TYPED,
    Known,
    known_clusters,
    offers,
    way,
)

CONFIG = Config(
    clusters=(Cluster("o2", "o2.example.edu", user="alice"), Cluster("orchestra", "orchestra.example.edu"))
)
KNOWN = known_clusters(CONFIG, ("gpu", "o2", "o2-transfer"))


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("o2", Target("", "o2", 0)),
        (" alice@o2 ", Target("alice", "o2", 0)),
        ("alice@o2.example.edu:2222", Target("alice", "o2.example.edu", 2222)),
        ("alice@fe80::1", Target("alice", "fe80::1", 0)),
        ("日本.example", Target("", "日本.example", 0)),
    ],
)
def test_what_a_target_is(text: str, target: Target) -> None:
    assert read_target(text) == target


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-oProxyCommand=x", "begin with “-”"),
        ("alice@-o2", "begin with “-”"),
        ("-l@o2", "user cannot begin"),
        ("o 2", "blanks"),
        ("o2\t", "blanks or control"),
        ("o\x1b]0;x\x07", "control"),
        ("alice@", "host is missing"),
        ("@o2", "user is missing"),
        ("a@b@c", "Only one"),
        ("o2;reboot", "“;”"),
        ("$(reboot)", "“$”"),
        ("o2:99999", "port"),
        ("o2:", "port"),
        ("o2:٣", "port"),
    ],
)
def test_what_no_target_is(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=r".+\.$") as raised:
        read_target(text)
    assert said in str(raised.value)


def test_the_configuration_comes_first_and_names_nothing_twice() -> None:
    assert [(entry.cluster.name, entry.origin) for entry in KNOWN] == [
        ("o2", CONFIGURED),
        ("orchestra", CONFIGURED),
        ("gpu", OPENSSH),
        ("o2-transfer", OPENSSH),
    ]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", ["o2", "orchestra", "gpu", "o2-transfer"]),
        ("o2", ["o2", "o2-transfer"]),
        ("O", ["o2", "orchestra", "o2-transfer", "O"]),
        ("transfer", ["o2-transfer", "transfer"]),
        ("o2.example.edu", ["o2"]),
        ("new.example.org", ["new.example.org"]),
    ],
)
def test_typing_narrows_the_list(typed: str, names: list[str]) -> None:
    assert [entry.cluster.name for entry in offers(KNOWN, typed, CONFIG)] == names


def test_ones_own_presets_are_listed_and_shipped_ones_come_to_those_who_type_their_names() -> None:
    presets = (
        Known(Cluster("atlas", "atlas.example.org"), PRESET),
        Known(Cluster("gpu", "gpu.example.org"), PRESET),
        Known(Cluster("o2", "o2.hms.harvard.edu"), SHIPPED),
        Known(Cluster("orchestra", "orchestra.med.harvard.edu", scheduler="lsf"), SHIPPED),
    )
    known = known_clusters(Config(ssh_config="/etc/ours"), ("gpu", "o2"), presets)
    assert [entry.cluster.name for entry in offers(known, "", Config())] == ["gpu", "o2", "atlas"]
    assert [entry.origin for entry in offers(known, "o2", Config())] == [OPENSSH], "an alias comes first"
    [found] = offers(known, "me@orchestra", Config())
    assert (found.cluster.name, found.cluster.user) == ("me@orchestra", "me")
    assert (found.cluster.scheduler, found.cluster.ssh_config) == ("lsf", "/etc/ours")


def test_user_and_port_go_with_each_offer() -> None:
    found = offers(KNOWN, "bob@o2:2222", CONFIG)
    assert {(entry.cluster.user, entry.cluster.port) for entry in found} == {("bob", 2222)}
    assert found[0].cluster.host == "o2.example.edu"


def test_it_says_how_it_will_log_in() -> None:
    assert way(KNOWN[0]) == "logs in to o2.example.edu as alice"
    assert "address and user of your ssh configuration" in way(KNOWN[2])
    assert "port 2222" in way(Known(Cluster("x", "x", "bob", 2222), TYPED))
