"""The lab: one cluster, one job and two laptops for all tests of this folder."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from ..cluster import needs
from ..cluster.conftest import NO_CLUSTER, give_up
from .clock import Clock
from .guests import Guest
from .lab import Lab, Witness
from .site import FaultSite
from .table import BY_NAME, Fault

HERE = Path(__file__).parent
TABLE = HERE / "test_table.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents and item.path != TABLE:
            item.add_marker(pytest.mark.cluster)


@pytest.fixture(scope="session")
def site(pytestconfig: pytest.Config) -> Iterator[FaultSite]:
    """The cluster, up."""
    if missing := needs.missing():
        pytestconfig.stash[NO_CLUSTER] = reason = f"no test cluster here: {missing}"
        give_up(reason)
    with FaultSite.up(Path(tempfile.mkdtemp(prefix="jupystra-faults-"))) as site:
        yield site


@pytest.fixture(scope="session")
def session_lab(site: FaultSite) -> Iterator[Lab]:
    with tempfile.TemporaryDirectory(prefix="jf-") as folder, pytest.MonkeyPatch.context() as patch:
        clock = Clock(Path(folder))
        patch.setenv("PYTHONPATH", str(clock.folder))
        patch.delenv("SSH_AUTH_SOCK", raising=False)
        lab = Lab(site, Path(folder), clock)
        yield lab
        asyncio.run(lab.stop())


@pytest.fixture
def lab(session_lab: Lab) -> Iterator[Lab]:
    """The lab; what a test leaves broken is repaired after it."""
    yield session_lab
    session_lab.repair()


@pytest.fixture
async def witness(lab: Lab) -> AsyncIterator[Witness]:
    """Both tunnels up, and a front end that has seen nothing go wrong yet."""
    async with lab.up() as witness:
        yield witness


@pytest.fixture
async def guest(lab: Lab, tmp_path: Path) -> AsyncIterator[Guest]:
    """One more laptop, new, whose worker is ended after the test."""
    guest = Guest(lab)
    yield guest
    await guest.aclose()


@pytest.fixture
def row(request: pytest.FixtureRequest) -> Fault:
    """The row of the table that this test plays."""
    marker = request.node.get_closest_marker("fault")
    assert marker
    return BY_NAME[marker.args[0]]
