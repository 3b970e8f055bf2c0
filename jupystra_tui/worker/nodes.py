"""What ssh asks on its way to a compute node."""

from jupystra_tui.model import Prompt, PromptKind
from jupystra_tui.ssh.answers import HopAnswers
from jupystra_tui.text import Secret
from jupystra_tui.worker.session import ClusterSession

OFFER = "use the same password as for the login"
HELD = "held in memory until you log out, so that no other tunnel asks"


class NodeAnswers(HopAnswers):
    """Answers for one node: its password, asked once a session, or the login's where the person says so."""

    def __init__(self, session: ClusterSession, node: str) -> None:
        super().__init__(f"{session.shown.user}@{node}", session.ask, session.tell, session.vault)
        self._session = session
        self._to_hold: Secret | None = None

    def accepted(self) -> None:
        """The node let us in: hold its password, unless it is the login's and was lent for this once."""
        super().accepted()
        if self._to_hold:
            self._session.vault.settle(self._to_hold)

    async def _password(self, text: str, again: str) -> Secret:
        vault = self._session.vault
        if vault.node_password and not again:
            return vault.node_password
        login = vault.login_password
        offer = OFFER if login and not again else ""
        prompt = Prompt("", PromptKind.TEXT, self._hop, "Password", again, offer=offer, held=HELD)
        given = await self._session.ask_person(prompt)
        lent = given.offered and login
        secret = Secret(login.reveal()) if lent and login else given.secret
        self._to_hold = None if lent and not given.keep else secret
        return secret
