"""The cluster: its session, and its queues."""

from collections.abc import Iterable
from operator import attrgetter

from textual.content import Content
from textual.widget import Widget

from jupystra_tui import protocol
from jupystra_tui.model import Partition, Session, SessionPhase
from jupystra_tui.model.units import show_duration
from jupystra_tui.ui import clock
from jupystra_tui.ui.commands import bindings
from jupystra_tui.ui.enabled import ClusterSelection
from jupystra_tui.ui.screens.framed import FramedScreen
from jupystra_tui.ui.status import MARKS
from jupystra_tui.ui.theme import Pieces
from jupystra_tui.ui.widgets.facts import BLANK, Fact, Facts
from jupystra_tui.ui.widgets.partition_columns import PARTITION_COLUMNS
from jupystra_tui.ui.widgets.row_table import Table


class ClusterScreen(FramedScreen):
    """Facts of the session, and its partitions."""

    where = "cluster"
    BINDINGS = bindings("cluster")
    AUTO_FOCUS = "#partitions"
    CSS = """
    ClusterScreen #session { height: auto; max-height: 50%; }
    """

    def body(self) -> Iterable[Widget]:
        """Return the session, and the partitions below it."""
        self.table: Table[Partition] = Table(PARTITION_COLUMNS, attrgetter("name"), id="partitions")
        self.table.border_title = Content("Queues")
        self.facts = Facts(id="session")
        yield self.facts
        yield self.table

    def on_mount(self) -> None:
        """Update when the app's state changes."""
        for name in ("session", "worker_status"):
            self.follow(name, self._show)

    def _show(self) -> None:
        session = self.app.session
        facts = session_facts(session) if session else ((("", (("not logged in", "dim"),)),))
        self.facts.show(session.cluster.name if session else "Cluster", facts)
        self.facts.refresh(layout=True)
        partitions = session.partitions if session else ()
        self.table.show(partitions, ((("The queues of this cluster are not known yet", "dim"),),))
        self.refresh_bindings()

    @property
    def selection(self) -> ClusterSelection:
        """The session."""
        return ClusterSelection(self.app.session, self.app.connected, self.app.can_refresh)

    def action_login(self) -> None:
        """Open the login."""
        self.app.open_login()

    def action_logout(self) -> None:
        """Log out after a confirmation."""
        from jupystra_tui.ui.screens.log_out import LogOutDialog

        if self.app.session is None:
            return
        name = self.app.session.cluster.name
        tunnels = [tunnel for tunnel in self.app.tunnels if tunnel.cluster == name]
        launches = [one for one in self.app.launches.values() if one.cluster == name and not one.over]
        dialog = LogOutDialog(name, tunnels, launches)
        self.app.push_screen(dialog, lambda confirmed: self.app.log_out(name) if confirmed else None)

    def action_nodekey(self) -> None:
        """Show the plan to create or remove a key for the compute nodes, and do it if the user confirms."""
        if self.app.session:
            self.app.attempt(self._plan_key(self.app.session.cluster.name), "checking the key")

    async def _plan_key(self, cluster: str) -> None:
        from jupystra_tui.ui.screens.node_key import NodeKeyDialog

        plan = await self.app.request(protocol.NodeKey(cluster, "plan"))
        self.app.push_screen(NodeKeyDialog(plan), lambda step: self._change_key(cluster, step))

    def _change_key(self, cluster: str, step: str | None) -> None:
        if step == "make":
            self.app.attempt(self._keyed(protocol.NodeKey(cluster, "make")), "creating the key")
        elif step == "remove":
            self.app.attempt(self._keyed(protocol.NodeKey(cluster, "remove")), "removing the key")

    async def _keyed(self, request: protocol.NodeKey) -> None:
        plan = await self.app.request(request)
        done = (
            "Tunnels use the new key from now on."
            if plan.exists
            else "The key is removed from this laptop and from the cluster."
        )
        self.app.show_notification(done)

    def action_refresh(self) -> None:
        """Refresh the queue."""
        self.app.refresh_queue()


def session_facts(session: Session) -> tuple[Fact, ...]:
    """Return the details of a session, with their labels."""
    mark, tone = MARKS[session.phase]
    facts: list[Fact] = [("state", ((mark, tone), (session.phase.value, tone)))]
    if session.problem:
        facts += [("reason", ((session.problem.title, ""),)), ("", ((session.problem.hint, "dim"),))]
    facts.append(("host", _host(session)))
    if session.scheduler:
        facts.append(("scheduler", ((f"{session.scheduler} {session.version}".strip(), ""),)))
    if session.phase is SessionPhase.UP:
        every = f"every {show_duration(session.every)}"
        faster = session.every < session.cluster.poll_floor
        facts.append(
            ("polling", ((every, ""), (", for a minute after your last action" if faster else "", "dim")))
        )
    if session.partitions_read:
        facts.append(
            ("queues", ((f"updated {show_duration(clock.now() - session.partitions_read)} ago", ""),))
        )
    steps = tuple(_step(step, last) for step, last in _marked(session))
    return (*facts, *((BLANK,) if steps else ()), *steps)


def _host(session: Session) -> Pieces:
    user = session.user or session.cluster.user
    name = f"{user}@{session.cluster.host}" if user else session.cluster.host
    node = f" · {session.login_node}" if session.login_node else ""
    return ((name, ""), (node, "dim"))


def _marked(session: Session) -> Iterable[tuple[str, bool]]:
    in_progress = session.phase in (SessionPhase.CONNECTING, SessionPhase.WAITING)
    for number, step in enumerate(session.steps, 1):
        yield step, in_progress and number == len(session.steps)


def _step(step: str, in_progress: bool) -> Fact:
    return ("", ((("◐ ", "warn") if in_progress else ("√ ", "good")), (step, "" if in_progress else "dim")))
