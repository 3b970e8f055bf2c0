"""The dispatcher has a handler for every type of request."""

from pathlib import Path
from typing import get_args

import pytest

from jupystra_tui import protocol
from jupystra_tui.errors import ConnectError
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.worker.dispatcher import Dispatcher


def ignore(event: protocol.Event) -> None:
    """Stands for a front end."""


@pytest.fixture
async def dispatcher(tmp_path: Path) -> Dispatcher:
    return Dispatcher(Folders(tmp_path, tmp_path))


async def test_every_request_has_a_handler(dispatcher: Dispatcher) -> None:
    handled = {*dispatcher.handlers, protocol.Attention}
    assert handled == set(get_args(protocol.Body))


async def test_a_request_for_a_cluster_without_a_session_is_refused(dispatcher: Dispatcher) -> None:
    with pytest.raises(ConnectError, match="Not logged in to hpc"):
        await dispatcher.serve(protocol.Refresh("hpc"), ignore)


async def test_a_stop_request_stops_the_worker(dispatcher: Dispatcher) -> None:
    assert await dispatcher.serve(protocol.Stop(), ignore) == protocol.Done()
    assert dispatcher.stopping.is_set()
    assert not dispatcher.busy
