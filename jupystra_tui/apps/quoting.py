"""Text into shell words that mean just themselves."""

import re

from jupystra_tui.model.cluster_path import read_path

_PLAIN = re.compile(r"[\w@%+=:,./-]+", re.ASCII)
_FROM_HOME = re.compile(r"(--?[\w-]+=)?\$HOME(/.*)?", re.DOTALL)


def quoted(text: str) -> str:
    """Return one shell word; raises ValueError for a NUL, which no word can hold."""
    if "\0" in text:
        raise ValueError("a NUL character")
    return text if _PLAIN.fullmatch(text) else "'" + text.replace("'", "'\\''") + "'"


def word(text: str) -> str:
    """Return one shell word in which only a leading `$HOME` (or one after `--option=`) is expanded."""
    match = _FROM_HOME.fullmatch(text)
    return f'{match[1] or ""}"$HOME"{_rest(match[2])}' if match else quoted(text)


def place(text: str) -> str:
    """Return one shell word for a path as people write it: see `ClusterPath`; a user's home is for bash only."""
    path = read_path(text)
    home = '"$HOME"' if path.home == "~" else path.home
    parts = (f'{_rest(literal)}"${{{name}}}"' if name else _rest(literal) for literal, name in path.parts)
    return home + "".join(parts) or "''"


def here_document(text: str) -> tuple[str, str]:
    """Return the redirection that opens a here-document of `text`, and its body down to the delimiter's line."""
    lines = text.removesuffix("\n").split("\n")
    delimiter = "END_OF_SCRIPT"
    while delimiter in lines:
        delimiter += "_"
    return f"<<'{delimiter}'", "\n".join([*lines, delimiter])


def _rest(path: str | None) -> str:
    return quoted(path) if path else ""
