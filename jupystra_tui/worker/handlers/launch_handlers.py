"""Requests about launches: preview, start, stop following."""

from functools import partial
from weakref import WeakValueDictionary

from jupystra_tui import protocol
from jupystra_tui.apps.folder import new_tag
from jupystra_tui.model import JobRequest, Problem
from jupystra_tui.ssh.route import is_free, port_taken
from jupystra_tui.worker.cluster_paths import ClusterPaths
from jupystra_tui.worker.event_hub import EventHub
from jupystra_tui.worker.handlers.handler import Handlers
from jupystra_tui.worker.launcher import Launcher
from jupystra_tui.worker.prepared_job import Previews, prepare
from jupystra_tui.worker.sessions import Sessions
from jupystra_tui.worker.state_files import RecentClusters
from jupystra_tui.worker.tunnels import TunnelSupervisor


class LaunchHandlers:
    """Answers requests about launches."""

    def __init__(
        self, sessions: Sessions, tunnels: TunnelSupervisor, hub: EventHub, recent: RecentClusters
    ) -> None:
        self._sessions = sessions
        self._tunnels = tunnels
        self._hub = hub
        self._recent = recent
        self._previews = Previews()
        self._paths = ClusterPaths()
        self._launchers: WeakValueDictionary[str, Launcher] = WeakValueDictionary()

    @property
    def table(self) -> Handlers:
        """The handlers by request type."""
        return {
            protocol.Preview: self._preview,
            protocol.Start: self._start,
            protocol.LeaveLaunch: self._leave,
        }

    async def _preview(self, body: protocol.Preview) -> protocol.Previewed:
        session = self._sessions.get(body.cluster)
        site, paths = session.site, await self._paths.check(session, body.request)
        problems = (
            *_port_problems(body.request),
            *site.scheduler.submission.check(
                body.request, session.shown.partitions, session.watcher.facts_age
            ),
            *paths.problems,
        )
        prepared = self._previews.show(body.cluster, site, body.request, paths.output)
        return protocol.Previewed(prepared.script, problems, prepared.tag)

    async def _start(self, body: protocol.Start) -> protocol.Started:
        session = self._sessions.for_action(body.cluster)
        cluster, request = body.cluster, body.request
        if _port_in_use(request):
            raise port_taken(request.local_port)
        prepared = self._previews.take(cluster, request, body.tag) or prepare(
            session.site, request, new_tag(), await self._paths.output(session, request)
        )
        on_job = partial(self._recent.started, cluster)
        launcher = Launcher(session, request, prepared, self._hub, self._tunnels, on_job, body.script)
        self._launchers[launcher.shown.id] = launcher
        self._hub.publish(protocol.LaunchChanged(launcher.shown))
        self._sessions.run_in_background(launcher.run(), cluster)
        return protocol.Started(launcher.shown.id, prepared.script)

    async def _leave(self, body: protocol.LeaveLaunch) -> protocol.Done:
        if body.launch in self._launchers:
            self._launchers[body.launch].leave()
        return protocol.Done()


def _port_in_use(request: JobRequest) -> bool:
    """Return whether the requested local port is in use: reported before a job is submitted."""
    return bool(request.local_port) and not is_free(request.local_port)


def _port_problems(request: JobRequest) -> tuple[Problem, ...]:
    if not _port_in_use(request):
        return ()
    error = port_taken(request.local_port)
    return (Problem(error.title, error.hint, field="local_port"),)
