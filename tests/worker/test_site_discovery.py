"""What a login node says of itself is taken only as far as it is plain."""

from typing import Any

import pytest

from jupystra_tui.model import Cluster
from jupystra_tui.model.names import host_name
from jupystra_tui.ssh.shell import CommandResult
from jupystra_tui.worker.site_discovery import discover

from ..hostile import HOST_NAMES, NO_HOST_NAMES


class LoginNode:
    """A connection to a login node that says this of itself."""

    def __init__(self, *about: str) -> None:
        self._about = "\n".join(about)

    async def run(self, script: str, limit: float = 20.0) -> CommandResult:
        return CommandResult(0, f"{self._about}\n\x1eslurm\nslurm 23.11.4\n".encode(), b"")

    async def prepare(self, script: str) -> None:
        pass


async def named(name: str) -> str:
    connection: Any = LoginNode("ada", "/home/ada", name)
    site = await discover(connection, Cluster("hpc", "hpc"))
    assert (site.user, site.home, site.scheduler.name) == ("ada", "/home/ada", "slurm")
    return site.login_node


@pytest.mark.parametrize("name", HOST_NAMES)
async def test_a_login_node_has_the_name_that_it_gives(name: str) -> None:
    assert await named(name) == name


@pytest.mark.parametrize("name", [name for name in NO_HOST_NAMES if len(name.splitlines()) == 1])
async def test_a_login_node_with_no_plain_name_has_none(name: str) -> None:
    found = await named(name)
    assert found == host_name(found)
