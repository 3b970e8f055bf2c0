"""Why a job is pending, or how it ended."""

from msgspec import Struct

SHORT_LIMIT = 24
"""The most characters of a reason in a table."""


class Reason(Struct, frozen=True, gc=False, array_like=True, omit_defaults=True):
    """A reason that a scheduler gives for a job's state; all texts are empty if it gives none.

    `code` is the scheduler's own word, `short` at most SHORT_LIMIT characters, `text` a sentence or two in plain words.
    A reason that is not known has its code as text. `never_starts` is whether the job cannot start as it is.
    """

    code: str = ""
    short: str = ""
    text: str = ""
    never_starts: bool = False

    @property
    def known(self) -> bool:
        """Whether the text explains the code."""
        return self.text != self.code


NO_REASON = Reason()


def unknown_reason(code: str) -> Reason:
    """Return a reason that says itself."""
    short = code if len(code) <= SHORT_LIMIT else code[: SHORT_LIMIT - 1] + "…"
    return Reason(code, short, code)
