"""The one door through which remote text passes, and a wrapper for what must not be shown."""

import re
import unicodedata
from collections.abc import Sequence

REPLACEMENT = "·"
_UNSAFE_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_ANSI = re.compile(
    r"(?:\x1b\]|\x9d)[^\x07\x1b\x9c\x9d\n]*(?:\x07|\x1b\\|\x9c)"  # OSC: titles, clipboard
    r"|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])[^\x1b\x90\x98\x9c\x9e\x9f\n]*(?:\x1b\\|\x9c)"  # DCS and its kin
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colors, cursor
    r"|\x1b[ -/]*[0-~]"
)


def clean(raw: str | bytes, limit: int = 4096) -> str:
    """Return `raw` as one harmless line of at most `limit` characters.

    Bytes are read as UTF-8 with replacement. Terminal escapes and invisible characters go; other control
    characters, line ends included, become a middle dot, so that what was there can still be seen. Of an escape that
    never ends only its beginning goes: it hides nothing.
    """
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    if not text.isprintable():
        text = "".join(map(_harmless, _ANSI.sub("", text)))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def clean_lines(raw: str | bytes, limit: int = 1_000_000) -> str:
    """Return the end of `raw` (`limit` characters) as harmless lines: `clean`, but line ends stay, tabs as spaces."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    lines = (line.rstrip("\r") for line in text[-limit:].split("\n"))
    return "\n".join(clean(line.rsplit("\r", 1)[-1].expandtabs(), limit) for line in lines)


def clip_lines(raw: str | bytes, limit: int) -> str:
    """Return the beginning of `raw` as harmless lines of at most `limit` characters, marked where more followed."""
    lines = clean_lines(raw[: 4 * limit]).strip()
    return lines if len(lines) <= limit else f"{lines[: limit - 1]}…"


def _harmless(char: str) -> str:
    category = unicodedata.category(char)
    if category not in _UNSAFE_CATEGORIES:
        return char
    return "" if category == "Cf" else REPLACEMENT


class Secret:
    """A password, token or answer: never in a repr, a log or a crash trace; read it with `reveal()`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself, for the one place that sends it."""
        return self._value

    def wipe(self) -> None:
        """Forget the secret."""
        self._value = ""

    def __repr__(self) -> str:
        return "Secret(…)"

    def __bool__(self) -> bool:
        return bool(self._value)


def nearest(word: str, known: Sequence[str]) -> str:
    """Return a question that offers the known word nearest to this one, empty where none is near."""
    import difflib  # here, because only mistakes need it

    near = difflib.get_close_matches(word, known, 1)
    return f"Did you mean {near[0]!r}?" if near else ""
