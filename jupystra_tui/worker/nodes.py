"""What ssh asks on its way to a compute node."""

from typing import NamedTuple

from jupystra_tui.model import Prompt, PromptKind
from jupystra_tui.ssh.answers import HopAnswers
from jupystra_tui.text import Secret
from jupystra_tui.worker.session import ClusterSession

KEEP = "keep it in memory for the other tunnels of this session"
OFFER = "use the same password as for the login"


class Decision(NamedTuple):
    """What the person said about a node's password: keep that one, or None."""

    keep: Secret | None


class NodeAnswers(HopAnswers):
    """Answers for one node; the person may keep its password for the session, or give it the login's."""

    def __init__(self, session: ClusterSession, node: str) -> None:
        super().__init__(f"{session.shown.user}@{node}", session.ask, session.tell, session.vault)
        self._session = session
        self._decision: Decision | None = None

    def accepted(self) -> None:
        """The node let us in: its password is kept, or not, as the person said."""
        super().accepted()
        if self._decision:
            self._session.vault.settle(self._decision.keep)

    async def _password(self, text: str, again: str) -> Secret:
        vault = self._session.vault
        if vault.node_password and not again:
            return vault.node_password
        login = vault.login_password
        offer = OFFER if login and not again else ""
        prompt = Prompt("", PromptKind.TEXT, self._hop, "Password", again, keep=KEEP, offer=offer)
        given = await self._session.ask_person(prompt)
        secret = Secret(login.reveal()) if given.offered and login else given.secret
        self._decision = Decision(secret if given.keep or given.offered else None)
        return secret
