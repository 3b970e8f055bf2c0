"""A practice cluster that plays LSF, and a front end logged in to it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from jupystra_tui.demo import PracticeCluster
from jupystra_tui.model import Cluster

from ..front_end import FrontEnd, attached


@pytest.fixture
def practice() -> Iterator[PracticeCluster]:
    with PracticeCluster(queue_seconds=0.2, scheduler="lsf") as cluster:
        yield cluster


@pytest.fixture
async def dashboard(practice: PracticeCluster, worker: Path) -> AsyncIterator[FrontEnd]:
    cluster = Cluster("lsf", practice.alias, ssh_config=str(practice.ssh_config), poll=1.0, poll_floor=0.5)
    async with attached(cluster) as front_end:
        await front_end.log_in()
        yield front_end
