"""What the worker does for each request of a front end."""

import asyncio
import logging
import os
import secrets
from collections.abc import Coroutine
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

import msgspec

from jupystra_tui import protocol
from jupystra_tui.errors import ConfigError, ConnectError
from jupystra_tui.jupyter.folder import log_script, parse_log
from jupystra_tui.model import Cluster, JobRequest, Problem, SessionPhase
from jupystra_tui.model.finding import Finding
from jupystra_tui.ssh import nodekey
from jupystra_tui.ssh.answer import LOG, Script
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.route import is_free, taken
from jupystra_tui.ssh.shell import quote, text
from jupystra_tui.ssh_aliases import aliases
from jupystra_tui.worker import kills
from jupystra_tui.worker.doctor.diagnosis import examine_laptop, examine_site
from jupystra_tui.worker.hub import Hub, Listener
from jupystra_tui.worker.launcher import Launcher
from jupystra_tui.worker.prompts import Prompts
from jupystra_tui.worker.scripts import write_script
from jupystra_tui.worker.sending import Previews
from jupystra_tui.worker.session import ClusterSession
from jupystra_tui.worker.state import RecentClusters
from jupystra_tui.worker.tunnels import TunnelSupervisor
from jupystra_tui.worker.wake import SleepWatch

log = logging.getLogger(__name__)


class Office:
    """Holds what lives in the worker, and does what front ends ask; `stopping` is set by a `Stop`."""

    def __init__(self, folders: Folders) -> None:
        self.hub = Hub()
        self.stopping = asyncio.Event()
        self.tunnels = TunnelSupervisor(self.hub, folders)
        self._folders = folders
        self._recent = RecentClusters(folders.state / "recent.json")
        self._prompts = Prompts(self.hub)
        self._sleep = SleepWatch()
        self._sessions: dict[str, ClusterSession] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._previews = Previews()
        self._launchers: WeakValueDictionary[str, Launcher] = WeakValueDictionary()
        self._door = asyncio.Lock()
        self._phases: dict[str, SessionPhase] = {}
        self.hub.observe(self._on_event)

    @property
    def busy(self) -> bool:
        """Whether something is under way that shall not end with the last front end."""
        return self.tunnels.wanted > 0 or bool(self._tasks)

    def restore(self) -> None:
        """Take up what was wanted when the last worker ended: log in again without a person, and open the tunnels."""
        agent = os.environ.get("SSH_AUTH_SOCK", "")
        for wanted in self.tunnels.load():
            session = self._sessions.get(wanted.cluster.name)
            if session is None:
                session = self._new_session(wanted.cluster)
                session.start(wanted.cluster, agent, attended=False)
            log.info("job %s of %s: its tunnel is opened again", wanted.job, wanted.cluster.name)
            self.tunnels.restore(session, wanted)

    def forget_tunnels(self) -> None:
        """Have the next worker open none of the tunnels again."""
        self.tunnels.forget()

    async def serve(self, body: protocol.Body, listener: Listener) -> protocol.Outcome:
        """Do what is asked; raises JupystraError with what the person must read."""
        match body:
            case protocol.Login(cluster):
                async with self._door:
                    await self._log_in(cluster.name, body)
            case protocol.Logout(cluster):
                async with self._door:
                    await self._log_out(cluster)
            case protocol.Refresh(cluster):
                self._wanted(cluster).watcher.refresh(facts=True)
            case protocol.Attention(looking):
                self.hub.attend(listener, looking)
                for session in self._sessions.values() if looking else ():
                    session.watcher.refresh()
            case protocol.PlanKill(cluster, ids):
                return await kills.plan(self._wanted(cluster), ids)
            case protocol.Cancel(cluster, parts):
                return await kills.kill(self._wanted(cluster), parts)
            case protocol.Preview(cluster):
                return self._preview(self._session(cluster), body)
            case protocol.Start(cluster):
                return self._start(self._wanted(cluster), body)
            case protocol.LeaveLaunch(launch):
                if launch in self._launchers:
                    self._launchers[launch].leave()
            case protocol.Connect(cluster, job, port):
                return protocol.Connected(await self.tunnels.connect(self._wanted(cluster), job, port))
            case protocol.MakeScript(cluster, job):
                found = await self.tunnels.server(self._wanted(cluster), job)
                return protocol.ScriptMade(str(await write_script(self._session(cluster), found.server)))
            case protocol.Disconnect(tunnel):
                await self.tunnels.close(tunnel)
            case protocol.Reconnect(tunnel):
                self.tunnels.get(tunnel).session.nudge()
                return protocol.Connected(await self.tunnels.reconnect(tunnel))
            case protocol.GetUrl(tunnel):
                return protocol.Url(self.tunnels.url(tunnel))
            case protocol.ReadLog(cluster, job, limit):
                return await self._read_log(self._session(cluster), job, limit)
            case protocol.Describe(cluster, job):
                return await self._describe(self._session(cluster), job)
            case protocol.ListHosts(ssh_config):
                return protocol.Hosts(aliases(ssh_config))
            case protocol.ListRecent():
                return self._recent.told
            case protocol.Diagnose(cluster, side, agent):
                return protocol.Diagnosed(await self._examine(cluster, side, agent))
            case protocol.NodeKey(cluster, step):
                return await self._node_key(self._session(cluster), step)
            case protocol.Answer():
                self._prompts.answer(body)
            case protocol.Stop():
                self.tunnels.forget()
                self.stopping.set()
        return protocol.Done()

    async def aclose(self) -> None:
        """End everything, tunnels first; jobs go on, and the next worker opens the tunnels that are still wanted."""
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.tunnels.aclose()
        await asyncio.gather(*(session.aclose() for session in self._sessions.values()))

    def _wanted(self, name: str) -> ClusterSession:
        """Return a session that the person wants something of."""
        session = self._session(name)
        session.nudge()
        return session

    def _session(self, name: str) -> ClusterSession:
        if name not in self._sessions:
            raise ConnectError(f"Not logged in to {name}", "Log in first.")
        return self._sessions[name]

    async def _log_in(self, name: str, body: protocol.Login) -> None:
        session = self._sessions.get(name)
        if session is not None and not session.cluster.serves(body.cluster):
            _refuse_another(session)
            await self._log_out(name)
            session = None
        if session is None:
            session = self._new_session(body.cluster)
        elif body.cluster.defaults != JobRequest():  # a session that was restored knows none
            known = msgspec.structs.replace(session.cluster, defaults=body.cluster.defaults)
            session.show(cluster=known)
        session.vault.given = body.password
        session.start(body.cluster, body.agent)

    def _new_session(self, cluster: Cluster) -> ClusterSession:
        session = ClusterSession(
            cluster,
            self._folders,
            self.hub,
            self._prompts,
            self._on_snapshot,
            self._sleep,
        )
        self._sessions[cluster.name] = session
        return session

    async def _log_out(self, name: str) -> None:
        session = self._sessions.pop(name, None)
        if session:
            mine = {task for task in self._tasks if task.get_name() == name}
            for task in mine:
                task.cancel()
            await asyncio.gather(*mine, return_exceptions=True)
            await self.tunnels.close_all(name)
            await session.aclose()

    def _start(self, session: ClusterSession, body: protocol.Start) -> protocol.Started:
        cluster, request = body.cluster, body.request
        if _taken(request):
            raise taken(request.local_port)
        sending = self._previews.take(cluster, session.site, request, body.tag)
        on_job = partial(self._recent.started, cluster)
        launcher = Launcher(session, request, sending, self.hub, self.tunnels, on_job, body.script)
        self._launchers[launcher.shown.id] = launcher
        self.hub.publish(protocol.LaunchChanged(launcher.shown))
        self._begin(launcher.run(), cluster)
        return protocol.Started(launcher.shown.id, sending.script)

    def _preview(self, session: ClusterSession, body: protocol.Preview) -> protocol.Previewed:
        site = session.site
        problems = (
            *_port_problems(body.request),
            *site.scheduler.check(body.request, session.shown.partitions, session.watcher.facts_age),
        )
        sending = self._previews.show(body.cluster, site, body.request)
        return protocol.Previewed(sending.script, problems, sending.tag)

    async def _read_log(self, session: ClusterSession, job: str, limit: int) -> protocol.LogRead:
        mark = secrets.token_hex(8)
        connection = await session.connection()
        result = await connection.run_beside(Script(log_script(job, mark, limit), LOG))
        return protocol.LogRead(*(parse_log(result.out, mark) or ("", "")))

    async def _describe(self, session: ClusterSession, job: str) -> protocol.Described:
        scheduler = session.site.scheduler
        command = scheduler.describe_command(job)
        result = await session.run(quote(command))
        if result.code:
            raise scheduler.explain_failure(result.code, text(result.err), command[0])
        seen = session.watcher.job(job)
        return protocol.Described(
            scheduler.parse_describe(text(result.out)), scheduler.plain_reason(seen.reason) if seen else ""
        )

    async def _examine(self, cluster: Cluster, side: str, agent: str) -> tuple[Finding, ...]:
        if side == "laptop":
            return await examine_laptop(cluster, agent, self._folders, self._sessions.get(cluster.name))
        open_nodes = self.tunnels.nodes(cluster.name)
        return await examine_site(self._session(cluster.name), self._folders, open_nodes)

    async def _node_key(self, session: ClusterSession, step: str) -> protocol.KeyPlan:
        connection = await session.connection()
        user, host = connection.endpoint.user, connection.endpoint.place
        key = nodekey.key_path(self._folders.state, user, host)
        if step == "make" and not key.exists():
            await nodekey.make(connection, key)
        elif step == "remove" and key.exists():
            await nodekey.remove(connection, key)
        return protocol.KeyPlan(key.exists(), nodekey.plan(key, user, host))

    def _on_snapshot(self, session: ClusterSession) -> None:
        self._recent.seen(session.cluster)
        self._begin(self.tunnels.settle(session), session.cluster.name)

    def _on_event(self, event: protocol.Event) -> None:
        """Tell the tunnels of a session that is in another phase."""
        if isinstance(event, protocol.SessionChanged):
            name, phase = event.session.cluster.name, event.session.phase
            if self._phases.get(name) is not phase:
                self._phases[name] = phase
                self.tunnels.session_changed(name)

    def _begin(self, work: Coroutine[Any, Any, None], cluster: str) -> None:
        """Do something in the background that ends with the session of its cluster."""
        task = asyncio.create_task(work, name=cluster)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("%s failed", task.get_coro(), exc_info=task.exception())


def _refuse_another(session: ClusterSession) -> None:
    """Raise ConfigError where another login of that name would end one that lives, with its tunnels."""
    if session.shown.phase is not SessionPhase.DOWN:
        cluster = session.cluster
        way = f"{cluster.host}, with the ssh configuration {cluster.ssh_config or 'of your own'}"
        raise ConfigError(
            f"{cluster.name} is logged in already, as {session.shown.user} at {way}",
            "Go on with that one (leave out -F), or log out of it first: `x` on its screen, or `jupystra worker stop`.",
        )


def _taken(request: JobRequest) -> bool:
    """Return whether the local port that a request insists on is taken: better said before a job is sent."""
    return bool(request.local_port) and not is_free(request.local_port)


def _port_problems(request: JobRequest) -> tuple[Problem, ...]:
    if not _taken(request):
        return ()
    error = taken(request.local_port)
    return (Problem(error.title, error.hint, field="local_port"),)
