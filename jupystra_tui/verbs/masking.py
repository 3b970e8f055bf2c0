"""Masks names, addresses and secrets in a text. The same name always gets the same replacement."""

import re
import sys
from collections import Counter
from collections.abc import Iterable

ANYWHERE = 4
_COMMON_WORDS = {
    "account", "bastion", "batch", "cluster", "compute", "default", "gateway", "head", "home", "host", "hpc", "jobs",
    "jupyter", "jupyter-lab", "jupyter-notebook", "jupystra", "localhost", "login", "long", "lsf", "node", "none",
    "notebook", "root", "server", "short", "slurm", "ssh", "test", "user",
}  # fmt: skip
_FILES = {
    "py", "pyc", "log", "json", "toml", "txt", "sock", "lock", "pub", "sh", "conf", "cfg", "html", "so", "md", "once",
}  # fmt: skip
_MODULES = {
    "jupystra_tui",
    "paramiko",
    "msgspec",
    "textual",
    "rich",
    "platformdirs",
    *sys.stdlib_module_names,
}
_SYSTEM_PATHS = ("/usr/", "/opt/", "/bin/", "/sbin/", "/etc/", "/lib", "/var/", "/dev/", "/nix/")
_SECRETS = (
    ("key", re.compile(r"(?:SHA256:|\bAAAA)[A-Za-z0-9+/=]{16,}|\b(?:[0-9a-f]{2}:){15}[0-9a-f]{2}\b")),
    ("token", re.compile(r"(?<=token=)[^\s&'\"]+|\b[0-9a-fA-F]{24,}\b|\b[A-Za-z0-9+_-]{40,}={0,2}")),
)
_LOGIN = re.compile(r"(?<![\w.])([A-Za-z0-9_][\w.-]*)@([A-Za-z0-9][\w.-]*\w|[A-Za-z0-9])")
_PATH = re.compile(r"(?<![\w.~/:…])(/[^\s'\":;,()\[\]<>]+)")
_IP = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)|"
    r"(?<![\w:])(?:(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}|[0-9a-f:]*[0-9a-f]::[0-9a-f:]*|::[0-9a-f:]*[0-9a-f])(?![\w:])",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?<![\w./-])[A-Za-z0-9][\w-]*(?:\.[A-Za-z0-9][\w-]*)*\.[A-Za-z]{2,}(?![\w/])")


class Mask:
    """Masks the names passed to `add_names`, and whatever matches a pattern (paths, addresses, keys, tokens)."""

    def __init__(self) -> None:
        self._masked: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._names: set[str] = set()

    def add_names(self, kind: str, names: Iterable[str]) -> None:
        """Mask these names everywhere, as `kind1`, `kind2`…; common words are not masked."""
        for name in names:
            if len(name) > 1 and name.lower() not in _COMMON_WORDS:
                self._names.add(name)
                self._as(kind, name)

    def __call__(self, text: str) -> str:
        """Return the text with names, addresses, paths, fingerprints and tokens masked."""
        for kind, pattern in _SECRETS:
            text = pattern.sub(lambda match, kind=kind: self._as(kind, match[0]), text)  # type: ignore[misc]
        for user, host in _LOGIN.findall(text):
            self.add_names("user", [user])
            self.add_names("host", [host])
        text = _PATH.sub(self._path, text)
        text = self._without_names(text)
        text = _IP.sub(self._address, text)
        return _HOST.sub(self._host, text)

    def _as(self, kind: str, name: str) -> str:
        key = name.lower()
        if key not in self._masked:
            self._counts[kind] += 1
            self._masked[key] = f"{kind}{self._counts[kind]}"
        return self._masked[key]

    def _without_names(self, text: str) -> str:
        for name in sorted(self._names, key=len, reverse=True):
            word = re.escape(name)
            edge = "" if len(name) >= ANYWHERE else "[A-Za-z0-9]"
            pattern = f"(?<!{edge}){word}(?!{edge})" if edge else word
            text = re.sub(pattern, self._masked[name.lower()], text, flags=re.IGNORECASE)
        return text

    def _path(self, match: re.Match[str]) -> str:
        """Mask the folder of a path, unless it is a system path."""
        path = match[0].rstrip(".")
        folder, _, last = path.rpartition("/")
        if not folder or path.startswith(_SYSTEM_PATHS):
            return match[0]
        return f"{self._as('folder', folder)}/{last}{match[0][len(path) :]}"

    def _address(self, match: re.Match[str]) -> str:
        return match[0] if match[0] in ("127.0.0.1", "::1", "0.0.0.0") else self._as("ip", match[0])

    def _host(self, match: re.Match[str]) -> str:
        labels = match[0].lower().split(".")
        known = labels[0] in _MODULES or labels[-1] in _FILES
        return match[0] if known else self._as("host", match[0])
