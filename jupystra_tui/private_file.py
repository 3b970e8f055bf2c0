"""Files for their owner alone, replaced as a whole."""

import contextlib
import os
import tempfile
from pathlib import Path


def replace_private(file: Path, content: bytes, mode: int = 0o600) -> None:
    """Replace a file so that a reader, or a crash, sees the old content or the new one; raises OSError."""
    descriptor, fresh = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")  # created as 0600
    try:
        with os.fdopen(descriptor, "wb") as opened:
            os.fchmod(opened.fileno(), mode)
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(fresh, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(fresh)
        raise
