"""Reads the values that `ssh -G` prints: paths, lists of files, the agent, the proxy."""

import os
import re
from collections.abc import Mapping
from pathlib import Path


def by_keyword(text: str) -> dict[str, list[str]]:
    """Return all values of each keyword that `ssh -G` printed."""
    settings: dict[str, list[str]] = {}
    for line in text.splitlines():
        key, _, value = line.partition(" ")
        settings.setdefault(key, []).append(value)
    return settings


def expand(value: str, tokens: Mapping[str, str]) -> str:
    """Return a ProxyCommand or ProxyJump with tokens such as `%h` replaced, which `ssh -G` does not do."""
    return re.sub(r"%(.)", lambda match: tokens.get(match[1], match[0]), value)


def path(value: str) -> Path:
    """Return a path whose `~` may not be expanded yet."""
    return Path(os.path.expanduser(value.strip('"')))


def files(value: str) -> tuple[Path, ...]:
    """Return the files of a list, from which `ssh -G` has taken the quotes: preferring the longest names that exist."""
    words = [] if value in ("", "none") else value.split(" ")
    found: list[Path] = []
    while words:
        paths = [path(" ".join(words[:end])) for end in range(1, len(words) + 1)]
        there = [end for end, one in enumerate(paths, 1) if os.path.exists(one) and not os.path.isdir(one)]
        end = max(there, default=0) or _next_path(words)
        found.append(paths[end - 1])
        words = words[end:]
    return tuple(found)


def _next_path(words: list[str]) -> int:
    """Return the index of the second path: the next word that starts with `/` or `~`."""
    return next((at for at, word in enumerate(words) if at and word.startswith(("/", "~"))), len(words))


def agent(setting: str, socket: str) -> str:
    """Return the socket that IdentityAgent names, empty for none; `socket` is the user's own agent."""
    if setting == "none":
        return ""
    if setting == "SSH_AUTH_SOCK":
        return socket or os.environ.get("SSH_AUTH_SOCK", "")
    if setting.startswith("$"):
        return os.environ.get(setting[1:], "")
    return str(path(setting))


def proxy(jump: str, command: str, target: tuple[str, int], ssh_config: str) -> str:
    """Return the shell command that reaches the host and port of `target`, empty for a direct connection."""
    if jump and jump != "none":
        hops = jump.split(",")
        config = f"-F {_quoted(ssh_config)} " if ssh_config else ""
        before = f"-J {_quoted(','.join(hops[:-1]))} " if hops[:-1] else ""
        host, port = target
        return f"ssh {config}{before}-W {_quoted(f'[{host}]:{port}')} -- {_quoted(_uri(hops[-1]))}"
    return "" if command in ("", "none") else command


def first_jump(jump: str) -> str:
    """Return the first jump host as ssh takes it, empty for none."""
    return "" if jump in ("", "none") else _uri(jump.split(",")[0])


def _uri(hop: str) -> str:
    return hop if hop.startswith("ssh://") or ":" not in hop else f"ssh://{hop}"


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"
