"""The cluster for the tests of this folder, each of which finds it as new."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from jupystra_tui.model import Cluster

from ..front_end import FrontEnd, attached
from . import needs
from .site import Site

HERE = Path(__file__).parent
REQUIRED = "JUPYSTRA_TEST_CLUSTER"
NO_CLUSTER = pytest.StashKey[str]()
ONLY_FROM_LOGIN = """sed -i 's/^/from="10.91.*" /' .ssh/authorized_keys
ssh-keygen -q -t ed25519 -N '' -f .ssh/id_ed25519 && cat .ssh/id_ed25519.pub >>.ssh/authorized_keys"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.cluster)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if reason := config.stash.get(NO_CLUSTER, ""):
        terminalreporter.write_line(f"tests/cluster: {reason}")


def give_up(reason: str) -> NoReturn:
    """Skip, or fail where JUPYSTRA_TEST_CLUSTER=required is set."""
    if os.environ.get(REQUIRED) == "required":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def site(pytestconfig: pytest.Config) -> Iterator[Site]:
    """The cluster, up."""
    if missing := needs.missing():
        pytestconfig.stash[NO_CLUSTER] = reason = f"no test cluster here: {missing}"
        give_up(reason)
    with Site.up(Path(tempfile.mkdtemp(prefix="jupystra-site-"))) as site:
        yield site


@pytest.fixture(autouse=True)
def _as_new(site: Site) -> Iterator[None]:
    """Leave the cluster as it was at first: no jobs, homes like new, nothing cut, stopped or hidden."""
    yield
    site.restore()


@pytest.fixture
def tess(site: Site) -> str:
    """The user whose login shell is tcsh."""
    if "tess" not in site.users:
        give_up("tcsh is not installed")
    return "tess"


@pytest.fixture
def cluster(site: Site) -> Cluster:
    return Cluster("hpc", site.login_alias, ssh_config=str(site.ssh_config), poll=2.0, poll_floor=1.0)


@pytest.fixture
async def dashboard(cluster: Cluster, worker: Path) -> AsyncIterator[FrontEnd]:
    """A front end that has logged in."""
    async with attached(cluster) as front_end:
        await front_end.log_in()
        yield front_end


@pytest.fixture
def closed_nodes(site: Site) -> None:
    """Have the compute nodes take ada's logins from the login node's own ssh alone."""
    site.as_user(ONLY_FROM_LOGIN)
