"""What the checks of one diagnosis share, found out once."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Hashable
from functools import partial
from typing import Any

from jupystra_tui.apps.app_registry import registry
from jupystra_tui.apps.script import search_script
from jupystra_tui.errors import ConnectError, JupystraError, SchedulerError
from jupystra_tui.model import Cluster, Job, JobState
from jupystra_tui.schedulers.roles import Listing
from jupystra_tui.ssh.command_output import QUEUE, Script
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.host_probe import probe_host
from jupystra_tui.ssh.identification import read_identification
from jupystra_tui.ssh.resolve import Endpoint, resolve
from jupystra_tui.ssh.second_shell import NoSession
from jupystra_tui.ssh.server_info import ServerInfo
from jupystra_tui.ssh.shell import CommandResult, quote, text
from jupystra_tui.worker.doctor.survey import read_sections, survey_script
from jupystra_tui.worker.session import ClusterSession

SURVEY_SECONDS = 25.0
SEARCH_SECONDS = 45.0
QUEUE_SECONDS = 25.0
NODES_SECONDS = 15.0
NODES_TRIED = 2


class _Once:
    """Remembers what was found out, or why it could not be; `aclose` ends what is still under way."""

    def __init__(self) -> None:
        self._tasks: dict[Hashable, asyncio.Task[Any]] = {}

    async def known(self, name: str, finding_out: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Return what `finding_out` returned the first time, or raise what it raised."""
        if name not in self._tasks:
            self._tasks[name] = asyncio.create_task(finding_out())
        return await asyncio.shield(self._tasks[name])

    async def aclose(self) -> None:
        """End what is still under way. Idempotent."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


class LaptopContext(_Once):
    """For the checks on this laptop and of the way in; `connection` is the session's, if there is one."""

    def __init__(
        self, cluster: Cluster, agent: str, folders: Folders, connection: Connection | None = None
    ) -> None:
        super().__init__()
        self.cluster = cluster
        self.agent = agent
        self.folders = folders
        self.connection = connection

    async def endpoint(self) -> Endpoint:
        """Return where the login node is, in OpenSSH's words; raises ConfigError."""
        found: Endpoint = await self.known("endpoint", partial(resolve, self.cluster, self.agent))
        return found

    async def server_info(self) -> ServerInfo | None:
        """Return the login node as it shows itself; None where only a bastion leads to it, which may ask questions.

        Raises ConfigError, ConnectError.
        """
        if self.connection:
            return self.connection.server_info
        endpoint = await self.endpoint()
        if endpoint.proxy:
            return None
        shown: ServerInfo = await self.known("server_info", partial(probe_host, endpoint))
        return shown


class SiteContext(_Once):
    """For the checks on the login node and of what is behind it; `open_nodes` are those that tunnels are open to.

    `one_session` is whether the login node refused a second session on the connection, None until it was tried;
    `tried` are the nodes that were knocked at.
    """

    def __init__(
        self,
        session: ClusterSession,
        connection: Connection,
        folders: Folders,
        open_nodes: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__()
        self.session = session
        self.connection = connection
        self.folders = folders
        self.open_nodes = open_nodes
        self.one_session: bool | None = None
        self.tried: set[str] = set()

    async def run(self, script: str, limit: float) -> CommandResult:
        """Run shell text apart from the session's own commands, where the login node allows that."""
        if not self.one_session:
            try:
                result = await self.connection.run_on_own_channel(script, limit)
                self.one_session = False
                return result
            except NoSession:
                self.one_session = True
        return await self.connection.run(script, limit)

    async def survey(self) -> dict[str, str]:
        """Return what a look around on the login node found, by section; raises ConnectError."""
        found: dict[str, str] = await self.known("survey", self._survey)
        return found

    async def search(self) -> dict[str, str]:
        """Return what the search for Jupyter that a job makes finds on the login node, by section."""
        found: dict[str, str] = await self.known("search", self._search)
        return found

    async def listing(self) -> Listing:
        """Return the user's jobs, asked now; raises ConnectError, SchedulerError."""
        listed: Listing = await self.known("listing", self._listing)
        return listed

    async def own_node(self) -> str:
        """Return a node on which a job of the user runs, empty where there is none or the queue does not tell."""
        try:
            jobs = (await self.listing()).jobs
        except JupystraError:
            return ""
        return next((job.node for job in jobs if _runs(job)), "")

    async def nodes(self) -> tuple[str, ...]:
        """Return the few compute nodes to knock at: the user's own first."""
        own = await self.own_node()
        found: tuple[str, ...] = await self.known("nodes", self._nodes)
        return tuple(dict.fromkeys(filter(None, (own, *found))))[:NODES_TRIED]

    async def read_identification(self, node: str) -> str:
        """Return how a node's ssh server greets; raises ForwardingForbidden, TunnelError."""
        self.tried.add(node)
        said: str = await self.known(
            f"read_identification {node}", partial(read_identification, self.connection, node)
        )
        return said

    async def _survey(self) -> dict[str, str]:
        mark = secrets.token_hex(8)
        return read_sections(text((await self.run(survey_script(mark), SURVEY_SECONDS)).out), mark)

    async def _search(self) -> dict[str, str]:
        mark, defaults = secrets.token_hex(8), self.session.cluster.defaults
        script = search_script(defaults, registry().app(defaults.server), mark)
        result = await self.run(f"{quote(('bash', '-lc', script))} 2>/dev/null", SEARCH_SECONDS)
        return read_sections(text(result.out), mark)

    async def _listing(self) -> Listing:
        site, mark = self.session.site, secrets.token_hex(8)
        script = Script(site.scheduler.queue.list_script(site.user, mark), QUEUE)
        asked = await self.connection.run(script, QUEUE_SECONDS)
        return site.scheduler.queue.parse_list(asked.out, mark, asked.code, text(asked.err))

    async def _nodes(self) -> tuple[str, ...]:
        scheduler = self.session.site.scheduler
        try:
            asked = await self.connection.run(quote(scheduler.site.nodes_command()), NODES_SECONDS)
            return scheduler.site.parse_nodes(text(asked.out))
        except (ConnectError, SchedulerError):
            return ()


def _runs(job: Job) -> bool:
    return job.state is JobState.RUNNING and bool(job.node)
