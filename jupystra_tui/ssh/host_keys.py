"""Looks up host keys by `ssh-keygen -F`, which reads every kind of known_hosts line, and judges them."""

import os
import shlex
import stat
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from enum import Enum
from pathlib import Path

from msgspec import Struct

from jupystra_tui.errors import ConfigError, GivenUp, HostKeyError
from jupystra_tui.model import HostKey, Prompt, PromptKind
from jupystra_tui.ssh.callbacks import Ask
from jupystra_tui.ssh.public_key import fingerprint, is_public_key
from jupystra_tui.text import clean_lines

SECONDS = 10
NO_FILE = "You have no known_hosts file (UserKnownHostsFile)"
KRL = b"SSHKRL\n\0"  # a file that begins otherwise is a list of public keys
REVOKED = 1  # the status of `ssh-keygen -Q`


class HostKeyStatus(Enum):
    """How the known_hosts files compare to the key that a host shows."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    CHANGED = "changed"
    REVOKED = "revoked"


class KnownKey(Struct, frozen=True):
    """One line that a lookup found: `marker` is empty, `@revoked` or `@cert-authority`; `blob` is the key in base64."""

    type: str
    blob: str
    marker: str = ""
    where: str = ""


def known_hosts_warnings(files: Sequence[Path], append_to: Path | None) -> str:
    """Return warnings to show before the user trusts a key: files that cannot be read or written."""
    warnings = [
        f"{file} cannot be read: it may hold another key of this host."
        for file in files
        if not _may_read(file)
    ]
    if append_to is None:
        warnings.append(f"{NO_FILE}: if you trust the key, it is for this session only.")
    elif not _may_write(append_to):
        warnings.append(f"{append_to} cannot be written: if you trust the key, it is for this session only.")
    return "\n".join(warnings)


def _may_read(file: Path) -> bool:
    """Return whether a file can be read; a missing file counts as readable."""
    try:
        return not stat.S_ISDIR(file.stat().st_mode) and os.access(file, os.R_OK)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False


def _may_write(file: Path) -> bool:
    if os.path.lexists(file):
        return not file.is_dir() and os.access(file, os.W_OK)
    folder = next(folder for folder in file.absolute().parents if os.path.lexists(folder))
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def lookup(name: str, files: Iterable[Path]) -> tuple[KnownKey, ...]:
    """Return every key on file under `name`; a file that is missing or cannot be read has none."""
    found: list[KnownKey] = []
    for file in files:
        if not os.access(file, os.R_OK):
            continue
        found += read_lookup(_search(name, file), str(file))
    return tuple(found)


def revocations(file: Path | None, type_: str, blob: str) -> tuple[KnownKey, ...]:
    """Return the key as revoked if `file` (RevokedHostKeys) has it; raises HostKeyError if it cannot be read."""
    try:
        content = file.read_bytes() if file else b""
    except OSError as error:
        raise revocations_unreadable(file, str(error)) from error
    if file and content.startswith(KRL):
        revoked = _in_krl(file, type_, blob)
    else:
        revoked = any(line.split()[:2] == [type_.encode(), blob.encode()] for line in content.splitlines())
    return (KnownKey(type_, blob, "@revoked", str(file)),) if revoked else ()


def _in_krl(file: Path, type_: str, blob: str) -> bool:
    with tempfile.NamedTemporaryFile("w", suffix=".pub") as public:
        public.write(f"{type_} {blob}\n")
        public.flush()
        done = _keygen("-Q", "-f", str(file), public.name, file=file)
    if done.returncode not in (0, REVOKED):
        raise revocations_unreadable(file, clean_lines(done.stderr).strip())
    return done.returncode == REVOKED


def revocations_unreadable(file: Path | None, words: str) -> HostKeyError:
    """Return the error of a RevokedHostKeys file that cannot be read."""
    return HostKeyError(
        f"{file} cannot be read: it is not known whether the host's key was revoked",
        "Nothing was sent. See RevokedHostKeys in ~/.ssh/config.",
        words,
    )


def _search(name: str, file: Path) -> bytes:
    return _keygen("-F", name, "-f", str(file), file=file).stdout


def _keygen(*words: str, file: Path) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(
            ["ssh-keygen", *words], capture_output=True, timeout=SECONDS, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError as error:
        raise keygen_missing() from error
    except subprocess.TimeoutExpired as error:
        raise HostKeyError(
            f"{file} could not be read within {SECONDS} s", "Check the disk that it is on."
        ) from error


def keygen_missing() -> ConfigError:
    """Return the error of a PATH without ssh-keygen."""
    return ConfigError(
        "ssh-keygen was not found",
        "Install OpenSSH's client (openssh-client) and make sure that it is on the PATH.",
    )


def read_lookup(output: bytes, where: str = "") -> tuple[KnownKey, ...]:
    """Return the valid keys in the output of `ssh-keygen -F`; the host names in it are not used."""
    keys = []
    for line in clean_lines(output).splitlines():
        words = line.split()
        marker = words.pop(0) if words and words[0].startswith("@") else ""
        if len(words) >= 3 and not words[0].startswith("#") and is_public_key(words[1], words[2]):
            keys.append(KnownKey(words[1], words[2], marker, where))
    return tuple(keys)


def host_key_status(type_: str, blob: str, known: Iterable[KnownKey]) -> HostKeyStatus:
    """Return how the known keys compare to the shown one; only known keys of other types count as a change."""
    plain = [key for key in known if key.marker != "@cert-authority"]
    if any(key.marker == "@revoked" and key.blob == blob for key in plain):
        return HostKeyStatus.REVOKED
    plain = [key for key in plain if not key.marker]
    if any(key.type == type_ and key.blob == blob for key in plain):
        return HostKeyStatus.KNOWN
    return HostKeyStatus.CHANGED if plain else HostKeyStatus.UNKNOWN


async def confirm_host_key(ask: Ask, key: HostKey, notes: str = "", text: str = "") -> str:
    """Return the user's answer about a key, `once` or `trust`; raises GivenUp for any other answer.

    `text` is the question, if it is not about an unknown key.
    """
    text = text or f"The host key of {key.host} is not known yet. Is this its key?"
    answer = (await ask(Prompt("", PromptKind.HOST_KEY, key.host, text, notes, host_key=key))).reveal()
    if answer not in (("once", "trust") if key.once else ("trust",)):
        raise GivenUp(f"The key of {key.host} was not accepted", "Nothing was sent.")
    return answer


def unknown_key_refused(name: str, detail: str, setting: str = "StrictHostKeyChecking") -> HostKeyError:
    """Return the error of an unknown key where a `setting` of the configuration does not allow to ask about it."""
    return HostKeyError(
        f"The host key of {name} is not known, and {setting} does not allow to ask",
        "Add it to your known_hosts, or change that setting in ~/.ssh/config.",
        detail,
    )


def revoked_key_refused(name: str, detail: str) -> HostKeyError:
    """Return the error of a key that a known_hosts file or RevokedHostKeys revokes."""
    return HostKeyError(
        f"The host key of {name} is revoked: this may not be the real {name}",
        "Nothing was sent. Ask the site's support before you continue.",
        detail,
    )


def changed_key_refused(name: str, files: Iterable[str], detail: str) -> HostKeyError:
    """Return the error of a key other than the one in `files`, with the commands that remove that one."""
    names = shlex.quote(name)
    commands = [f"ssh-keygen -R {names} -f {shlex.quote(file)}" for file in files]
    return HostKeyError(
        f"The host key of {name} has changed: this may not be the real {name}",
        "Nothing was sent. Ask the site whether its key changed and compare the fingerprints; if it did, "
        f"run: {'; '.join(commands) or f'ssh-keygen -R {names}'}",
        detail,
    )


def host_key_refused(
    name: str, type_: str, blob: str, status: HostKeyStatus, known: Sequence[KnownKey]
) -> HostKeyError:
    """Return the error of a changed or revoked key, with both fingerprints in its detail."""
    filed = [key for key in known if not key.marker]
    shown = f"{name} showed  {type_} {fingerprint(blob)}"
    detail = "\n".join([shown, *(f"{key.where} has  {key.type} {fingerprint(key.blob)}" for key in filed)])
    if status is HostKeyStatus.REVOKED:
        return revoked_key_refused(name, detail)
    return changed_key_refused(name, dict.fromkeys(key.where for key in filed), detail)
