"""The prompts of one login: each is answered with the given password, or by the user."""

import re
from collections import deque
from collections.abc import Callable, Sequence

from jupystra_tui.errors import AuthError
from jupystra_tui.model import Prompt, PromptKind
from jupystra_tui.ssh.callbacks import Report
from jupystra_tui.ssh.prompt_patterns import is_new_password, is_password
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret, clean, clip_lines

NOTES_LIMIT = 8000
TEXT_LIMIT = 4000
BANNERS_LIMIT = 20
MESSAGE_LINES, MESSAGE_LINE_LIMIT = 8, 200
ROUNDS_LIMIT, QUESTIONS_AT_ONCE = 200, 20
ROUNDS_WITHOUT_QUESTION = 100  # some servers send a line each second while they wait for a phone


class AuthPrompts:
    """Blocking, for the login's thread. `ask` blocks until the user answered, and raises GivenUp when they cancel.

    `password` is the latest that was sent: the right one once the login is accepted. `count` is how many prompts the
    user got. `rejection` says what the server did not accept last, for the next prompt. `said` is what the server said
    so far, `news` what it said last since it was sent an answer.
    """

    def __init__(self, asker: str, ask: Callable[[Prompt], Secret], report: Report, vault: Vault) -> None:
        self.password: Secret | None = None
        self.count = 0
        self.rejection = ""
        self.server_asked = False
        self.said: deque[str] = deque(maxlen=BANNERS_LIMIT)
        self.news = ""
        self._asker = asker
        self._ask = ask
        self._report = report
        self._vault = vault
        self._banners: list[str] = []
        self._seen: set[int] = set()
        self._rounds = self._rounds_without_question = 0

    def add_banner(self, banner: bytes | None) -> None:
        """Keep what the server sent, once, until the user has seen it above a prompt."""
        text = clip_lines(banner or b"", NOTES_LIMIT)
        if text and hash(text) not in self._seen:
            self._seen.add(hash(text))
            self._banners = [*self._banners, text][-BANNERS_LIMIT:]
            self._note(text)

    def report_banners(self) -> None:
        """Report what the server sent and the user has not seen above a prompt."""
        for banner in self._banners:
            self._report_lines(banner.splitlines()[:MESSAGE_LINES])
        self._banners.clear()

    def ask_user(self, prompt: Prompt) -> Secret:
        """Return the user's answer; raises GivenUp."""
        self.count += 1
        answer = self._ask(prompt)
        self.news = ""
        if prompt.asker == self._asker:
            self._banners.clear()
        return answer

    def ask_password(self) -> Secret:
        """Return the password to send."""
        prompt = Prompt("", PromptKind.TEXT, self._asker, "Password", self._notes())
        return self._answer(prompt)

    def answer_round(self, title: str, instructions: str, questions: Sequence[tuple[str, bool]]) -> list[str]:
        """Return the answers to one round of keyboard-interactive; raises AuthError where rounds do not end.

        Each question has its text, and whether its answer may be shown.
        """
        self._count_round(len(questions))
        if not questions:
            self._report_message(title, instructions)
            return []
        self.server_asked = True
        notes = self._notes(title, instructions)
        prompts = (
            Prompt("", PromptKind.TEXT, self._asker, clip_lines(text, TEXT_LIMIT), notes, echo)
            for text, echo in questions
        )
        return [self._answer(prompt).reveal() for prompt in prompts]

    def _answer(self, prompt: Prompt) -> Secret:
        """Return the password that came with the request, once, for a plain password prompt; else ask the user.

        A new password, where the server forces a change, is the login's password from then on.
        """
        asks_password = is_password(prompt.text) and not prompt.echo
        given = self._vault.take_given() if asks_password else None
        answer = given or _first_line(self.ask_user(prompt))
        if asks_password or (is_new_password(prompt.text) and not prompt.echo):
            if self.password:
                self.password.wipe()
            self.password = answer
        return answer

    def _count_round(self, questions: int) -> None:
        self._rounds += 1
        self._rounds_without_question = 0 if questions else self._rounds_without_question + 1
        if self._rounds_without_question > ROUNDS_WITHOUT_QUESTION:
            what = f"sent {ROUNDS_WITHOUT_QUESTION} messages without a question"
        elif self._rounds > ROUNDS_LIMIT:
            what = f"asked more than {ROUNDS_LIMIT} times"
        elif questions > QUESTIONS_AT_ONCE:
            what = f"asked {questions} questions at once"
        else:
            return
        hint = "Nothing more was sent. Its login program may be broken: ask the site's support."
        raise AuthError(f"{self._asker}: the login node {what}", hint)

    def _report_message(self, title: str, instructions: str) -> None:
        """Report a message that needs no answer, such as a code to type on the phone."""
        message = clip_lines(f"{title}\n{instructions}", NOTES_LIMIT)
        if message:
            self._note(message)
        lines = [line for line in message.splitlines() if line.strip()]
        self._report_lines(lines[-MESSAGE_LINES:])

    def _report_lines(self, lines: list[str]) -> None:
        for line in lines:
            self._report(clean(line, MESSAGE_LINE_LIMIT))

    def _note(self, words: str) -> None:
        self.news = words
        self.said.append(words)

    def _notes(self, *more: str) -> str:
        """Return what is shown above a prompt: the last rejection, banners not seen yet, and `more`."""
        parts = [self.rejection, *self._banners, *(clip_lines(part, NOTES_LIMIT) for part in more)]
        return clip_lines("\n".join(filter(None, parts)), NOTES_LIMIT)


def _first_line(answer: Secret) -> Secret:
    """Return an answer up to its first line end or NUL, as OpenSSH does: sshd closes the connection on the rest."""
    return Secret(re.split(r"[\r\n\0]", answer.reveal(), maxsplit=1)[0])
