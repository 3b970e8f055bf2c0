"""Where the JupyterLab of the nodes comes from: the Python that runs the tests."""

import os
import sys
import sysconfig
from pathlib import Path

from .mounts import TEMPORARY

HIDDEN = tuple(map(Path, (*TEMPORARY, "/home")))
DEFAULT_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")


def scripts() -> Path:
    """The folder of `jupyter` and `jupyter-lab`."""
    return Path(sysconfig.get_path("scripts"))


def to_show() -> dict[str, str]:
    """Folders to show in the nodes, which would otherwise be hidden there: target path to real source path."""
    wanted = {Path(p) for p in (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)}
    wanted |= {hop.parent for hop in _links(Path(sys.executable))}
    wanted |= {path.resolve() for path in wanted}
    hidden = {p for p in wanted if any(p != top and p.is_relative_to(top) for top in HIDDEN)}
    outermost = {p for p in hidden if not any(p != other and p.is_relative_to(other) for other in hidden)}
    return {str(path): str(path.resolve()) for path in sorted(outermost)}


def unreadable() -> str:
    """The first of those folders that another user may not read, or nothing."""
    for path in (*to_show().values(), str(scripts() / "jupyter-lab")):
        if os.stat(path).st_mode & 0o005 != 0o005:
            return path
    return ""


def _links(path: Path) -> list[Path]:
    """A path and every symbolic link on the way to what it stands for."""
    hops = [path]
    while path.is_symlink() and len(hops) < 40:
        path = path.parent / path.readlink()
        hops.append(path)
    return hops
