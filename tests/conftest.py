"""Shared fixtures: a separate home for jupystra-tui, whose worker is stopped at the end."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from jupystra_tui.frontend.client import Client

FOLDERS_WITH_SERVERS = {"cluster", "demo", "faults", "lsf", "terminal", "verbs", "worker"}


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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run the tests with real servers in one process of a parallel run, because they share local ports."""
    if config.pluginmanager.hasplugin("xdist"):
        for item in items:
            folder = item.path.relative_to(Path(__file__).parent).parts[0]
            if folder in FOLDERS_WITH_SERVERS:
                item.add_marker(pytest.mark.xdist_group("servers"))
