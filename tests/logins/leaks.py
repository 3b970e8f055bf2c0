"""Where a secret must never be seen."""

from pathlib import Path

from .keys import PASSPHRASE
from .people import OTHER_PASSWORD, PASSWORD

SECRETS = (PASSWORD, OTHER_PASSWORD, PASSPHRASE)


def on_show(folder: Path) -> set[str]:
    """The secrets of these stories that any process's arguments or environment, or any file in `folder`, holds."""
    texts = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    for entry in Path("/proc").glob("[0-9]*"):
        for name in ("cmdline", "environ"):
            try:
                texts.append((entry / name).read_bytes())
            except OSError:
                continue
    return {word for word in SECRETS if any(word.encode() in text for text in texts)}
