"""Practice clusters for the stories told here."""

import shutil
from collections.abc import Iterator

import pytest

from jupystra_tui.demo import PracticeCluster
from tests.demo.client import Client


@pytest.fixture(scope="session")
def client() -> Iterator[Client]:
    """A client of a lively cluster that all stories share; they leave it as it was."""
    with _cluster(lively=True) as practice:
        yield Client(practice.ssh_config, practice.alias)


@pytest.fixture
def practice() -> Iterator[PracticeCluster]:
    """A cluster for a single story, which may break it."""
    with _cluster() as practice:
        yield practice


@pytest.fixture
def own_client(practice: PracticeCluster) -> Client:
    """A client of the cluster that belongs to the story."""
    return Client(practice.ssh_config, practice.alias)


def _cluster(lively: bool = False) -> PracticeCluster:
    if shutil.which("ssh") is None:
        pytest.skip("needs an OpenSSH client")
    return PracticeCluster(queue_seconds=0.0, lively=lively)
