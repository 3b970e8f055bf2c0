"""What many stories share: a laptop of their own, which leaves no worker behind."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from jupystra_tui.frontend.client import Client

ROOMS_WITH_SERVERS = {"cluster", "demo", "faults", "lsf", "terminal", "verbs", "worker"}


@pytest.fixture
def laptop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder, with a path short enough for sockets, that holds all that jupystra-tui keeps on a laptop."""
    with TemporaryDirectory(prefix="jl-") as folder:
        monkeypatch.setenv("JUPYSTRA_HOME", folder)
        monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
        yield Path(folder)


@pytest.fixture
async def worker(laptop: Path) -> AsyncIterator[Path]:
    """The laptop, for stories that start a worker on it: it is ended with all its tunnels."""
    yield laptop
    await Client(lambda event: None, lambda: None).stop_running()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the stories with real servers in one process of a parallel run: they share the laptop's ports."""
    if config.pluginmanager.hasplugin("xdist"):
        for item in items:
            room = item.path.relative_to(Path(__file__).parent).parts[0]
            if room in ROOMS_WITH_SERVERS:
                item.add_marker(pytest.mark.xdist_group("servers"))
