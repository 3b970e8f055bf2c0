"""Answers the prompts of ssh to a compute node."""

from jupystra_tui.model import Prompt, PromptKind
from jupystra_tui.ssh.askpass_answers import AskpassAnswers
from jupystra_tui.ssh.callbacks import Ask
from jupystra_tui.text import Secret
from jupystra_tui.worker.open_prompts import Unattended, UserAnswer
from jupystra_tui.worker.session import ClusterSession

PASSWORD = "the nodes' password"
OFFER = "use the same password as for the login"
HELD = "held in memory until you log out, so that no other tunnel asks"


class NodeAnswers(AskpassAnswers):
    """Answers for one node: its password, asked once a session, or the login's where the user says so.

    Where several nodes need the password at once, one prompts; the others wait for its result.
    """

    def __init__(self, session: ClusterSession, node: str, attended: bool = True) -> None:
        ask = asker(session, attended)
        super().__init__(f"{session.shown.user}@{node}", ask, session.tell, session.credentials.vault)
        self._session = session
        self._attended = attended
        self._our_turn = False
        self._to_hold: Secret | None = None

    def accepted(self) -> None:
        """The node accepted the login: hold its password, unless it is the login's and was lent for this once."""
        super().accepted()
        if self._to_hold:
            self._session.credentials.vault.settle(self._to_hold)

    def closed(self) -> None:
        """Nothing more will be asked: the next node may ask."""
        super().closed()
        if self._our_turn:
            self._our_turn = False
            self._session.credentials.locks[PASSWORD].release()

    async def _password(self, text: str, again: str) -> Secret:
        if not self._our_turn:
            await self._session.credentials.locks[PASSWORD].acquire()
            self._our_turn = True
        vault = self._session.credentials.vault
        if vault.node_password and not again:
            return Secret(vault.node_password.reveal())
        login = None if again else vault.login_password
        # A copy: the vault's own may be wiped before the user answers.
        lent = Secret(login.reveal()) if login else None
        given = await self._asked(again, lent)
        if not given.offered:
            self._to_hold = given.secret
            return given.secret
        secret = vault.node_password or lent
        assert secret
        self._to_hold = secret if given.keep else None
        return Secret(secret.reveal())

    async def _asked(self, again: str, lent: Secret | None) -> UserAnswer:
        """Return what the user said; a password that is not there to be lent is asked for again."""
        offer = OFFER if lent else ""
        prompt = Prompt(
            "", PromptKind.TEXT, self._hop, "Password", self._notes(again), offer=offer, held=HELD
        )
        if not self._attended:
            raise Unattended()
        while True:
            given = await self._session.credentials.ask_user(prompt)
            if lent or not given.offered:
                return given


def asker(session: ClusterSession, attended: bool) -> Ask:
    """Return who asks the user for a node; unattended, one that raises Unattended."""
    return session.credentials.ask if attended else _no_answer


async def _no_answer(prompt: Prompt) -> Secret:
    raise Unattended()
