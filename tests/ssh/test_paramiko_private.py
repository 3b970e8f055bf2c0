"""The private names of paramiko that this program uses exist, and no other module uses one."""

import re
from pathlib import Path

import paramiko
import pytest
from paramiko.agent import AgentSSH

import jupystra_tui.ssh
from jupystra_tui.ssh.paramiko_private import PRIVATE_NAMES, AgentConnection

SSH = Path(jupystra_tui.ssh.__file__).parent
PRIVATE_MODULES = re.compile(r"paramiko\.auth_handler|AgentSSH\b")


@pytest.mark.parametrize(
    ("owner", "name"), PRIVATE_NAMES, ids=lambda value: getattr(value, "__name__", value)
)
def test_a_private_method_exists(owner: type, name: str) -> None:
    assert callable(getattr(owner, name))


def test_an_agent_keeps_its_socket_where_this_program_sets_it() -> None:
    assert "_conn" in vars(AgentSSH())
    assert issubclass(AgentConnection, AgentSSH)


def test_every_private_method_that_is_replaced_or_called_is_listed() -> None:
    source = (SSH / "paramiko_private.py").read_text()
    used = set(re.findall(r"(?:def |\.)(_(?!_)\w+)\(", source))
    assert used == {name for _, name in PRIVATE_NAMES if name.startswith("_")}


def test_no_other_module_uses_the_private_api() -> None:
    names = {name for _, name in PRIVATE_NAMES if name.startswith("_")} - {"_send_message", "_read_all"}
    for module in SSH.glob("*.py"):
        if module.name != "paramiko_private.py":
            text = module.read_text()
            assert not PRIVATE_MODULES.search(text), module.name
            assert not [name for name in names if name in text], module.name


def test_the_tested_release_of_paramiko_is_installed() -> None:
    assert 4 <= int(paramiko.__version__.split(".")[0]) < 6
