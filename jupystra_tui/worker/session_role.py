"""What the parts of a session need of it, so that none of them imports it."""

from typing import Any, Protocol

from jupystra_tui.model import Cluster, Session
from jupystra_tui.ssh.shell import CommandResult
from jupystra_tui.worker.credentials import Credentials
from jupystra_tui.worker.site_discovery import Site


class SessionRole(Protocol):
    """A session: what it shows, where its commands run, and its credentials."""

    @property
    def shown(self) -> Session:
        """The session as front ends see it."""

    @property
    def cluster(self) -> Cluster:
        """The cluster as the user named it."""

    @property
    def site(self) -> Site:
        """What is known about the cluster; raises ConnectError before the first login."""

    @property
    def credentials(self) -> Credentials:
        """Passwords and prompts."""

    def show(self, **changes: Any) -> None:
        """Publish the session with some fields changed."""

    def tell(self, step: str) -> None:
        """Add a step of the login."""

    async def until_up(self) -> None:
        """Wait until the session is connected."""

    async def run(self, script: str, limit: float = 25.0) -> CommandResult:
        """Run shell text on the cluster."""
