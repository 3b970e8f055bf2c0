"""Where a secret must never be seen."""

import os
from pathlib import Path

from .keys import PASSPHRASE
from .people import OTHER_PASSWORD, PASSWORD

SECRETS = (PASSWORD, OTHER_PASSWORD, PASSPHRASE)


def on_show(folder: Path) -> set[str]:
    """The secrets of these stories that arguments or environment of our processes, or a file in `folder`, hold.

    Ours are those that this process has started, by others too, and those with `folder` in their environment.
    """
    texts = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if _ours(int(entry.name), bytes(folder)):
                texts += [(entry / name).read_bytes() for name in ("cmdline", "environ")]
        except OSError:  # it has ended meanwhile
            continue
    return {word for word in SECRETS if any(word.encode() in text for text in texts)}


def _ours(pid: int, folder: bytes) -> bool:
    while pid > 1:
        entry = Path("/proc") / str(pid)
        if pid == os.getpid() or folder in (entry / "environ").read_bytes():
            return True
        pid = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    return False
