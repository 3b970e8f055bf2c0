"""An app that one TOML file adds, on the real cluster: found from another laptop, opened with its token only."""

from tempfile import TemporaryDirectory

import msgspec
import pytest

from jupystra_tui.model import Cluster

from .. import own_app
from ..connecting import connected, made
from ..front_end import SMALL, FrontEnd, attached
from ..ordering import free_port

HELLO = msgspec.structs.replace(SMALL, server="hello")


async def test_an_app_of_one_file_runs_as_a_job_and_any_laptop_opens_it(
    dashboard: FrontEnd, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_app.add()
    launch = await dashboard.launch(HELLO)
    assert launch.ready, launch.problem
    url = await dashboard.url(launch.tunnel)
    assert own_app.status(url) == 200
    assert own_app.status(url.partition("?")[0]) == 403
    async with connected("dash", await made(dashboard, launch.job), "-L", str(free_port())) as running:
        assert own_app.status(running.url) == 200
        assert own_app.status(running.url.partition("?")[0]) == 403
    with TemporaryDirectory(prefix="jl-") as other:  # a laptop that does not have the file
        monkeypatch.setenv("JUPYSTRA_HOME", other)
        async with attached(cluster) as elsewhere:
            try:
                await elsewhere.log_in()
                tunnel = await elsewhere.connect(launch.job)
                there = await elsewhere.url(tunnel.id)
                assert there.partition("?key=")[2] == url.partition("?key=")[2]
                assert own_app.status(there) == 200
                assert own_app.status(there.partition("?")[0]) == 403
            finally:
                await elsewhere.client.stop_running()
