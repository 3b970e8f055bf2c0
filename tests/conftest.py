"""Shared fixtures: a separate home for jupystra-tui, whose worker is stopped at the end."""

import gc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from jupystra_tui.frontend.client import Client

from . import own_network

SITES = {"cluster", "logins"}
"""Folders whose tests share servers that take seconds to start; each process has its own."""
LABS = {"faults"}
"""Folders whose tests share servers and a running job."""
LOCAL_PORTS = {"demo", "lsf", "terminal", "verbs", "worker", *SITES, *LABS}
"""Folders whose tests use the local ports from 8888 on."""
OWN_NETWORK = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    """Let each process of a parallel run have its own local ports, where that is possible."""
    config.stash[OWN_NETWORK] = hasattr(config, "workerinput") and own_network.enter()


def pytest_collection_finish() -> None:
    """Let the garbage collector skip the modules and the collected tests, which stay until the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def laptop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The home of jupystra-tui: a temporary folder with a path short enough for sockets."""
    with TemporaryDirectory(prefix="jl-") as folder:
        monkeypatch.setenv("JUPYSTRA_HOME", folder)
        monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
        yield Path(folder)


@pytest.fixture
async def worker(laptop: Path) -> AsyncIterator[Path]:
    """The laptop; its worker and tunnels are stopped at the end."""
    yield laptop
    await Client(lambda event: None, lambda: None).stop_running()


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in the same hook
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run tests that share servers, or local ports, in one process of a parallel run."""
    if hasattr(config, "workerinput"):
        for item in items:
            if group := _group(item.path, config.stash[OWN_NETWORK]):
                item.add_marker(pytest.mark.xdist_group(group))


def _group(path: Path, own_network: bool) -> str:
    folder = path.relative_to(Path(__file__).parent).parts[0]
    if not own_network:
        return "local ports" if folder in LOCAL_PORTS else ""
    return folder if folder in LABS else f"{folder}/{path.stem}" if folder in SITES else ""
