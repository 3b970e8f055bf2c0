"""The facts that several checks of one diagnosis need; each is determined once."""

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
    """Caches results and errors; `aclose` cancels what is still running."""

    def __init__(self) -> None:
        self._tasks: dict[Hashable, asyncio.Task[Any]] = {}

    async def known(self, name: str, determine: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Return what `determine` returned the first time, or raise what it raised."""
        if name not in self._tasks:
            self._tasks[name] = asyncio.create_task(determine())
        return await asyncio.shield(self._tasks[name])

    async def aclose(self) -> None:
        """Cancel what is still running. Idempotent."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


class LaptopContext(_Once):
    """For the checks of this laptop and of the login; `connection` is the session's, if there is one."""

    def __init__(
        self, cluster: Cluster, agent: str, folders: Folders, connection: Connection | None = None
    ) -> None:
        super().__init__()
        self.cluster = cluster
        self.agent = agent
        self.folders = folders
        self.connection = connection

    async def endpoint(self) -> Endpoint:
        """Return the login node's address, from OpenSSH's configuration; raises ConfigError."""
        found: Endpoint = await self.known("endpoint", partial(resolve, self.cluster, self.agent))
        return found

    async def server_info(self) -> ServerInfo | None:
        """Return what the login node's ssh server reports; None if it is reached through a bastion, which may prompt.

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
    """For the checks on the login node and of the compute nodes; `open_nodes` are those with an open tunnel.

    `one_session` is whether the login node refused a second session on the connection, None until it was tried;
    `tried` are the nodes that were contacted.
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
        """Run shell text on its own channel, if the login node allows that, else in the session's shell."""
        if not self.one_session:
            try:
                result = await self.connection.run_on_own_channel(script, limit)
                self.one_session = False
                return result
            except NoSession:
                self.one_session = True
        return await self.connection.run(script, limit)

    async def survey(self) -> dict[str, str]:
        """Return the output of the survey on the login node, by section; raises ConnectError."""
        found: dict[str, str] = await self.known("survey", self._survey)
        return found

    async def search(self) -> dict[str, str]:
        """Return what the search for Jupyter that a job makes finds on the login node, by section."""
        found: dict[str, str] = await self.known("search", self._search)
        return found

    async def listing(self) -> Listing:
        """Return the user's jobs, read now; raises ConnectError, SchedulerError."""
        listed: Listing = await self.known("listing", self._listing)
        return listed

    async def own_node(self) -> str:
        """Return a node on which a job of the user runs, empty if there is none or it is not known."""
        try:
            jobs = (await self.listing()).jobs
        except JupystraError:
            return ""
        return next((job.node for job in jobs if _runs(job)), "")

    async def nodes(self) -> tuple[str, ...]:
        """Return a few compute nodes to contact: first the one where a job of the user runs."""
        own = await self.own_node()
        found: tuple[str, ...] = await self.known("nodes", self._nodes)
        return tuple(dict.fromkeys(filter(None, (own, *found))))[:NODES_TRIED]

    async def read_identification(self, node: str) -> str:
        """Return the identification of a node's ssh server; raises ForwardingForbidden, TunnelError."""
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
