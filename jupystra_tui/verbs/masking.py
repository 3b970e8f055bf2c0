"""Takes out of a text what tells who somebody is and where: each name becomes another one, always the same."""

import re
import sys
from collections import Counter
from collections.abc import Iterable

ANYWHERE = 4
_ORDINARY = {
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
_KEPT_PATHS = ("/usr/", "/opt/", "/bin/", "/sbin/", "/etc/", "/lib", "/var/", "/dev/", "/nix/")
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
    """Masks text; `know` tells it of names beforehand, the rest it sees by their form."""

    def __init__(self) -> None:
        self._masked: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._names: set[str] = set()

    def know(self, kind: str, names: Iterable[str]) -> None:
        """Mask these names wherever they stand, as `kind1`, `kind2`…; words of our own reports stay as they are."""
        for name in names:
            if len(name) > 1 and name.lower() not in _ORDINARY:
                self._names.add(name)
                self._as(kind, name)

    def __call__(self, text: str) -> str:
        """Return the text without names, addresses, paths, fingerprints and tokens."""
        for kind, pattern in _SECRETS:
            text = pattern.sub(lambda match, kind=kind: self._as(kind, match[0]), text)  # type: ignore[misc]
        for user, host in _LOGIN.findall(text):
            self.know("user", [user])
            self.know("host", [host])
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
        """Keep of a path that is not the system's own only its last part."""
        path = match[0].rstrip(".")
        folder, _, last = path.rpartition("/")
        if not folder or path.startswith(_KEPT_PATHS):
            return match[0]
        return f"{self._as('folder', folder)}/{last}{match[0][len(path) :]}"

    def _address(self, match: re.Match[str]) -> str:
        return match[0] if match[0] in ("127.0.0.1", "::1", "0.0.0.0") else self._as("ip", match[0])

    def _host(self, match: re.Match[str]) -> str:
        labels = match[0].lower().split(".")
        known = labels[0] in _MODULES or labels[-1] in _FILES
        return match[0] if known else self._as("host", match[0])
