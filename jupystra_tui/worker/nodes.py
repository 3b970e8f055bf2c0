"""What ssh asks on its way to a compute node, answered from what the session keeps, else by the person."""

from jupystra_tui.model import Prompt, PromptKind
from jupystra_tui.ssh.askpass import Question
from jupystra_tui.ssh.questions import is_password, passphrase_of
from jupystra_tui.text import Secret
from jupystra_tui.worker.session import ClusterSession

KEEP = "keep it in memory for the other tunnels of this session"
OFFER = "use the same password as for the login"


class NodeAnswers:
    """Answers for one ssh process to one node; what was kept is tried once, then the person is asked."""

    def __init__(self, session: ClusterSession, node: str) -> None:
        self._session = session
        self._node = node
        self._tried: set[str] = set()

    async def __call__(self, question: Question) -> Secret:
        """Return the answer; raises GivenUp when the person cancels."""
        if question.kind == "none":
            return Secret("")
        again = "That was not accepted." if question.text in self._tried else ""
        self._tried.add(question.text)
        if passphrase_of(question.text):
            return await self._passphrase(question.text, again)
        if is_password(question.text):
            return await self._password(again)
        return await self._ask(
            Prompt("", PromptKind.TEXT, self._asker, question.text, again, question.kind == "confirm")
        )

    @property
    def _asker(self) -> str:
        return f"{self._session.shown.user}@{self._node}"

    async def _passphrase(self, text: str, again: str) -> Secret:
        key = passphrase_of(text)
        assert key
        kept = self._session.vault.passphrase(key)
        if kept and not again:
            return kept
        prompt = Prompt("", PromptKind.TEXT, "this laptop", f"Passphrase for the key {key}", again)
        given = await self._ask(prompt)
        self._session.vault.keep_passphrase(key, given)
        return given

    async def _password(self, again: str) -> Secret:
        vault = self._session.vault
        if vault.node_password and not again:
            return vault.node_password
        login = vault.login_password
        prompt = Prompt(
            "",
            PromptKind.TEXT,
            self._asker,
            "Password",
            again,
            keep=KEEP,
            offer=OFFER if login and not again else "",
        )
        given = await self._session.prompts.ask(prompt)
        secret = Secret(login.reveal()) if given.offered and login else given.secret
        vault.settle(secret if given.keep or given.offered else None)
        return secret

    async def _ask(self, prompt: Prompt) -> Secret:
        return (await self._session.prompts.ask(prompt)).secret
