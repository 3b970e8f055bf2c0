"""After a login that failed, the next one reads all settings anew, and any wish of the person tries again."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from jupystra_tui import protocol
from jupystra_tui.demo import PracticeCluster
from jupystra_tui.errors import JupystraError
from jupystra_tui.model import Cluster, JobRequest, Problem, SessionPhase

from ..front_end import FrontEnd, attached
from ..ordering import free_port


@pytest.fixture(scope="module")
def practice() -> Iterator[PracticeCluster]:
    with PracticeCluster() as cluster:
        yield cluster


@pytest.fixture
def config(practice: PracticeCluster, worker: Path) -> Path:
    """An ssh configuration in which the cluster is at a port that nobody listens at; `mend` corrects it."""
    file = worker / "own_ssh_config"
    file.write_text(f"Host {practice.alias}\n  Port {free_port()}\nInclude {practice.ssh_config}\n")
    return file


def mend(config: Path, practice: PracticeCluster) -> None:
    config.write_text(f"Include {practice.ssh_config}\n")


@pytest.fixture
async def failed(practice: PracticeCluster, config: Path) -> AsyncIterator[FrontEnd]:
    """A front end whose login failed."""
    cluster = Cluster("practice", practice.alias, ssh_config=str(config), poll=30.0, poll_floor=10.0)
    async with attached(cluster) as front_end:
        await front_end.client.request(protocol.Login(cluster))
        assert "refused the connection" in (await problem(front_end)).title
        yield front_end


async def problem(front_end: FrontEnd) -> Problem:
    """Return why the session is down, once it is."""

    def found() -> Problem | None:
        session = front_end.session
        return session.problem if session and session.phase is SessionPhase.DOWN else None

    return await front_end.until(found, "the end of the login", 20)


async def test_a_changed_ssh_configuration_is_read(
    failed: FrontEnd, config: Path, practice: PracticeCluster
) -> None:
    mend(config, practice)
    assert (await failed.log_in()).phase is SessionPhase.UP


async def test_changed_settings_of_the_cluster_are_taken(
    failed: FrontEnd, config: Path, practice: PracticeCluster
) -> None:
    mend(config, practice)
    failed.cluster = replace(failed.cluster, poll=1.0, poll_floor=0.5, defaults=JobRequest(cores=3))
    session = await failed.log_in()
    assert (session.cluster.defaults.cores, session.cluster.poll) == (3, 1.0)
    taken = failed.snapshot.taken
    await failed.until(lambda: failed.snapshot.taken > taken or None, "the next look, by the new pause", 8)


async def test_a_wish_of_the_person_tries_again_and_tells_the_new_reason(
    failed: FrontEnd, config: Path, practice: PracticeCluster
) -> None:
    config.write_text(f"Host {practice.alias}\n  HostName a..b\n")
    with pytest.raises(JupystraError, match="not a host name"):
        await failed.client.request(protocol.Connect("practice", "42"))
    mend(config, practice)
    await failed.client.request(protocol.Refresh("practice"))
    await failed.until(lambda: failed.snapshot.taken or None, "the queue", 20)


async def test_recent_logins_are_those_that_succeeded(
    failed: FrontEnd, config: Path, practice: PracticeCluster
) -> None:
    assert await failed.client.request(protocol.ListRecent()) == protocol.Recent()
    mend(config, practice)
    await failed.log_in()
    recent = await failed.client.request(protocol.ListRecent())
    assert isinstance(recent, protocol.Recent)
    assert [cluster.name for cluster in recent.clusters] == ["practice"]
