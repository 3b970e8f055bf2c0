"""Where a secret must never be seen."""

import os
from pathlib import Path

from .keys import PASSPHRASE
from .people import OTHER_PASSWORD, PASSWORD

SECRETS = (PASSWORD, OTHER_PASSWORD, PASSPHRASE)


def on_show(folder: Path) -> set[str]:
    """The secrets of these stories that any process's arguments or environment, or any file in `folder`, holds.

    Processes of another test process that runs beside this one do not count.
    """
    texts = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            arguments, environment = ((entry / name).read_bytes() for name in ("cmdline", "environ"))
        except OSError:  # it has ended meanwhile
            continue
        if not _of_another_run(environment):
            texts += [arguments, environment]
    return {word for word in SECRETS if any(word.encode() in text for text in texts)}


def _of_another_run(environment: bytes) -> bool:
    ours = os.environ.get("PYTEST_XDIST_WORKER", "")
    variables = environment.split(b"\0")
    theirs = next((one for one in variables if one.startswith(b"PYTEST_XDIST_WORKER=")), b"")
    return bool(theirs) and theirs.partition(b"=")[2] != ours.encode()
