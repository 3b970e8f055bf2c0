"""Shows the worker's prompts on the terminal, one after another. Answers are sent to the worker and not kept."""

import asyncio
from collections.abc import Callable

from rich.cells import chop_cells

from jupystra_tui.errors import AuthError, JupystraError
from jupystra_tui.model import HostKey, Prompt, PromptKind
from jupystra_tui.protocol import Answer
from jupystra_tui.text import Secret, clean, clean_lines
from jupystra_tui.verbs.exits import NoTerminal
from jupystra_tui.verbs.terminal import Terminal

_ANSWERS = {"n": "no", "no": "no", "o": "once", "once": "once", "t": "trust", "trust": "trust"}
_UNKNOWN = (
    "This host key is not known yet. Compare the fingerprint with the one that your site publishes:\n"
    "if it differs, the connection may be intercepted.\n"
)
_PUBLISHED = "The fingerprint matches the one that this site publishes.\n"
_CHANGED = "The node was probably reinstalled. If in doubt, ask your site before you trust the new key.\n"


class TerminalPrompts:
    """Shows the prompts of the clusters passed to `answer_for`. Without a terminal, `on_failure` is called.

    `password_sent` is whether the user gave a password with -P: without a terminal, a prompt for one refuses it.
    """

    def __init__(
        self, send: Callable[[Answer], asyncio.Task[None]], on_failure: Callable[[JupystraError], None]
    ) -> None:
        self._send = send
        self._on_failure = on_failure
        self.password_sent = False
        self._open: dict[str, Prompt] = {}
        self._clusters: set[str] = set()
        self._ours: set[str] = set()
        self._shown = ""
        self._asking: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> bool:
        """Whether a prompt is open on the terminal."""
        return self._asking is not None

    def answer_for(self, cluster: str) -> None:
        """Show the prompts of this cluster from now on."""
        self._clusters.add(cluster)
        self._next()

    def add(self, prompt: Prompt) -> None:
        """Add a prompt to the queue."""
        self._open[prompt.id] = prompt
        if prompt.cluster in self._clusters:
            self._ours.add(prompt.id)
        self._next()

    def remove(self, prompt: str) -> None:
        """Remove a prompt that no longer needs an answer."""
        self._open.pop(prompt, None)
        self._ours.discard(prompt)
        if prompt == self._shown and self._asking:
            self._asking.cancel()

    async def aclose(self) -> None:
        """Cancel the prompts that this verb caused, so that the worker does not wait for answers."""
        if self._asking:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)
        given_up = [self._send(Answer(prompt, None)) for prompt in self._ours]
        self._open.clear()
        if given_up:
            await asyncio.wait(given_up, timeout=1.0)

    def _next(self) -> None:
        prompt = next((one for one in self._open.values() if one.cluster in self._clusters), None)
        if prompt is None or self._asking:
            return
        terminal = Terminal.find()
        if terminal is None:
            refused = self.password_sent and _asks_password(prompt)
            self._on_failure(_refused(prompt) if refused else _no_terminal(prompt))
            return
        self._shown = prompt.id
        self._asking = asyncio.create_task(self._ask(terminal, prompt))
        self._asking.add_done_callback(lambda task: self._asked(terminal, task))

    def _asked(self, terminal: Terminal, task: "asyncio.Task[None]") -> None:
        terminal.close()
        self._open.pop(self._shown, None)
        self._ours.discard(self._shown)
        self._asking, self._shown = None, ""
        if not task.cancelled() and task.exception():
            self._on_failure(
                NoTerminal("The terminal cannot be used", "Use another terminal, or jupystra-tui.")
            )
        elif self._open:
            self._next()

    async def _ask(self, terminal: Terminal, prompt: Prompt) -> None:
        ask = _ask_host_key if prompt.kind is PromptKind.HOST_KEY else ask_text
        self._send(await ask(terminal, prompt))


async def ask_text(terminal: Terminal, prompt: Prompt) -> Answer:
    """Ask for a text. It is stored only if the user agrees."""
    asker = clean(prompt.asker)
    terminal.write(f"\n{asker} asks:\n{quoted(prompt.notes, terminal.columns)}")
    terminal.write(quoted(prompt.text, terminal.columns))
    if prompt.offer:
        terminal.write(f"(press enter alone: {clean(prompt.offer)}, this time only)\n")
    if prompt.held:
        terminal.write(f"(your answer is {clean(prompt.held)})\n")
    question = f"Your answer to {asker}: "
    answer = await terminal.line(question, echo=prompt.echo)
    if answer == "" and prompt.offer:
        return Answer(prompt.id, Secret(""), offered=True)
    if answer == "":
        terminal.write("The answer is empty; press enter again to send it.\n")
        answer = await terminal.line(question, echo=prompt.echo)
    if answer is None:
        return Answer(prompt.id, None)
    keep = bool(prompt.keep) and await ask_yes(terminal, f"{_capitalize(clean(prompt.keep))}?", default=False)
    return Answer(prompt.id, Secret(answer), keep=keep)


def quoted(text: str, columns: int) -> str:
    """Return text of a remote host with a bar before every line, so that it cannot imitate our own text."""
    lines = clean_lines(text).strip("\n").split("\n") if text.strip() else []
    rows = (row for line in lines for row in chop_cells(line, max(20, columns - 2)) or [""])
    return "".join(f"│ {row}\n" for row in rows)


async def _ask_host_key(terminal: Terminal, prompt: Prompt) -> Answer:
    key = prompt.host_key or HostKey(prompt.asker, "", "")
    said = [clean_lines(text).strip() for text in (prompt.notes, prompt.text)]
    before = f"before:\n  {clean(key.replaces)}\n" if key.replaces else ""
    terminal.write(
        f"\nIs this the right host?\n{clean(key.host)} shows its {clean(key.type)} key\n"
        f"  {clean(key.fingerprint)}\n{before}" + "".join(f"{text}\n" for text in said if text)
    )
    terminal.write(_CHANGED if key.replaces else _PUBLISHED if key.published else _UNKNOWN)
    choice, question = None, "[n]o, [o]nce or [t]rust: " if key.once else "[n]o or [t]rust: "
    while choice is None or (choice == "once" and not key.once):
        typed = await terminal.line(question, echo=True)
        choice = "no" if typed is None else _ANSWERS.get(typed.strip().lower())
    return Answer(prompt.id, Secret(choice))


async def ask_yes(terminal: Terminal, question: str, *, default: bool) -> bool:
    """Ask yes or no; an empty answer is `default`, and cancel is no."""
    typed = await terminal.line(f"{question} [{'Y/n' if default else 'y/N'}] ", echo=True)
    return default if typed == "" else (typed or "").strip().lower() in ("y", "yes")


async def ask_choice(terminal: Terminal, question: str, choices: dict[str, str]) -> str:
    """Ask until one of the letters in `choices` is typed and return its value, empty on cancel."""
    while True:
        typed = await terminal.line(question, echo=True)
        if typed is None:
            return ""
        chosen = choices.get(typed.strip().lower()[:1])
        if chosen:
            return chosen


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]


def _asks_password(prompt: Prompt) -> bool:
    return prompt.kind is PromptKind.TEXT and not prompt.echo and "password" in prompt.text.lower()


def _refused(prompt: Prompt) -> AuthError:
    title = f"{clean(prompt.asker)} asks for a password again: it did not accept the one given with -P"
    return AuthError(title, "Check the password, and try again.", clean_lines(prompt.notes))


def _no_terminal(prompt: Prompt) -> NoTerminal:
    what = "host key" if prompt.kind is PromptKind.HOST_KEY else clean(prompt.text, 80).strip()
    return NoTerminal(
        f"{clean(prompt.asker)} asks a question, and there is no terminal to answer on: {what}",
        "Run the command in a terminal, or log in with jupystra-tui first: the worker keeps the session.",
    )
