"""The servers for the stories of this folder, and a laptop that knows them."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from jupystra_tui.model import Cluster
from jupystra_tui.model.cluster import AUTOMATIC, OPENSSH, PARAMIKO

from ..cluster import needs
from ..cluster.conftest import give_up
from ..cluster.nodes import LOGIN
from .journal import Journal
from .servers import BASTION
from .site import LoginSite

HERE = Path(__file__).parent
PAM_HEADER = Path("/usr/include/security/pam_modules.h")
NO_SERVERS = pytest.StashKey[str]()
At = Callable[..., Cluster]
both = pytest.mark.parametrize("transport", [PARAMIKO, OPENSSH], indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.cluster)
            item.add_marker(pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if reason := config.stash.get(NO_SERVERS, ""):
        terminalreporter.write_line(f"tests/logins: {reason}")


@pytest.fixture(scope="session")
def logins(pytestconfig: pytest.Config) -> Iterator[LoginSite]:
    """The servers, up."""
    missing = needs.missing() or ("" if shutil.which("gcc") and PAM_HEADER.exists() else "gcc, libpam0g-dev")
    if missing:
        pytestconfig.stash[NO_SERVERS] = reason = f"no servers to log in to here: {missing}"
        give_up(reason)
    with LoginSite.up(Path(tempfile.mkdtemp(prefix="jupystra-logins-"))) as site:
        yield site


@pytest.fixture
def transport(request: pytest.FixtureRequest) -> str:
    """What carries the connection: as `both` says, or chosen by the product."""
    import os

    return str(getattr(request, "param", os.environ.get("TRY", AUTOMATIC)))


@pytest.fixture
def at(logins: LoginSite, laptop: Path, transport: str) -> At:
    """Make a cluster to log in to as a user; further lines of ~/.ssh/config come before all others."""
    logins.forget_codes()
    hosts = (LOGIN, BASTION)
    known = [f"{logins.address(name)},{name} {logins.host_key(name)}" for name in hosts]
    known.append(f"[{logins.address(LOGIN)}]:2222 {logins.host_key(LOGIN)}")
    (laptop / "known_hosts").write_text("\n".join(known) + "\n")

    def make(user: str, *lines: str, host: str = "hpc") -> Cluster:
        config = laptop / "ssh_config"
        config.write_text("\n".join([*lines, _defaults(logins, laptop, user)]))
        return Cluster("hpc", host, ssh_config=str(config), poll=2.0, poll_floor=1.0, transport=transport)

    return make


@pytest.fixture
async def slurm(logins: LoginSite, worker: Path) -> AsyncIterator[LoginSite]:
    """The servers with Slurm, left without jobs; a worker may be started."""
    logins.start_slurm()
    yield logins
    logins.restore()


@pytest.fixture
def journal(logins: LoginSite) -> Callable[..., Journal]:
    """Begin to read what a server (the login node's by default) logs about a user."""
    return lambda user, node=LOGIN: Journal(logins, node, user)


def _defaults(logins: LoginSite, laptop: Path, user: str) -> str:
    return f"""\
Host hpc
  HostName {logins.address(LOGIN)}
Host bastion
  HostName {logins.address(BASTION)}
Host *
  User {user}
  IdentityFile none
  UserKnownHostsFile {laptop / "known_hosts"}
  GlobalKnownHostsFile /dev/null
"""
