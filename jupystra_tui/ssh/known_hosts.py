"""Writes known_hosts files; no other module does."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paramiko

from jupystra_tui.errors import HostKeyError
from jupystra_tui.private_file import replace_private
from jupystra_tui.ssh.public_key import is_host_key
from jupystra_tui.text import clean

# No blank or control character, and none of `,` `*` `?` `!` (patterns), `@` (markers), `#` (comments), `|` (hashes).
_BARE = r"[A-Za-z0-9_:][A-Za-z0-9._:%-]{0,511}"
_NAME = re.compile(rf"{_BARE}|\[{_BARE}\]:[0-9]{{1,5}}", re.ASCII)


def add_key(file: Path, name: str, type_: str, blob: str, *, hashed: bool = False) -> None:
    """Add a line for one host and keep all others; creates file and folder if needed.

    `name` is a host's name, or `[name]:port`. Raises HostKeyError for a name that OpenSSH would read as anything but
    one name, for anything but a host key, and if the file cannot be written.
    """
    line = known_line(name, type_, blob, hashed=hashed).encode()
    with _translated_errors(file):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            _append(descriptor, line)
        finally:
            os.close(descriptor)


def replace_key(files: tuple[Path, Path], name: str, type_: str, blob: str) -> None:
    """Make this key the only one of `name` in both `files`: it is added to the first. Both are replaced whole, 0600.

    Raises HostKeyError as `add_key` does.
    """
    line = known_line(name, type_, blob).encode()
    for file, added in zip(files, (line, b""), strict=True):
        with _translated_errors(file):
            old = file.read_bytes().splitlines(keepends=True) if file.exists() else []
            kept = [one for one in old if one.split(maxsplit=1)[:1] != [name.encode()]]
            if added or kept != old:
                replace_private(file, b"".join(_ended(one) for one in kept) + added)


def known_line(name: str, type_: str, blob: str, *, hashed: bool = False) -> str:
    """Return the line for one host's key, with its end; raises HostKeyError as `add_key` does."""
    if not _NAME.fullmatch(name):
        raise HostKeyError(
            f"No key can be saved for a host named {clean(name, 80)!r}", "Nothing was written. Ask the site."
        )
    if not is_host_key(type_, blob):
        raise HostKeyError(
            f"{name} did not show a valid host key",
            "Nothing was written. Ask the site's support.",
            clean(f"{type_} {blob}", 300),
        )
    written = paramiko.HostKeys.hash_host(name) if hashed else name
    return f"{written} {type_} {blob}\n"


def _append(descriptor: int, line: bytes) -> None:
    """Write a line at the end in one step; one that did not fit is removed again."""
    size = os.fstat(descriptor).st_size
    ended = not size or os.pread(descriptor, 1, size - 1) == b"\n"
    content = line if ended else b"\n" + line
    try:
        if os.write(descriptor, content) != len(content):
            raise OSError(28, "No space left on device")
    except OSError:
        os.ftruncate(descriptor, size)
        raise


def _ended(line: bytes) -> bytes:
    return line if line.endswith(b"\n") else line + b"\n"


@contextmanager
def _translated_errors(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HostKeyError(
            f"The key cannot be saved: {file}: {error.strerror}",
            "Make that file writable, or trust the key for this session only.",
        ) from error
