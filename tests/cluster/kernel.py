"""The few kernel calls that make a node and that Python 3.11 does not offer (Linux only, as root)."""

import ctypes
import os
import signal
from pathlib import Path

_NEW_NETWORK = 0x40000000
_NEW_NAMESPACES = (
    0x00020000 | 0x04000000 | 0x08000000 | 0x20000000 | _NEW_NETWORK
)  # mount, uts, ipc, pid, net
_READ_ONLY, _REMOUNT, _BIND, _REC, _PRIVATE = 0x1, 0x20, 0x1000, 0x4000, 0x40000
_LOCKED = os.ST_NOSUID | os.ST_NODEV | os.ST_NOEXEC if hasattr(os, "ST_NODEV") else 0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def leave_for_new_namespaces() -> None:
    """Give this process its own mount, uts, ipc and net namespaces, and its next child a new pid namespace."""
    _checked(_libc.unshare(_NEW_NAMESPACES), "unshare")


def leave_for_new_network() -> None:
    """Give this thread, and what it starts, a network of its own: a loopback that is down."""
    _checked(_libc.unshare(_NEW_NETWORK), "unshare")


def die_with_parent() -> None:
    """Have this process killed when its parent ends."""
    _checked(_libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl")


def keep_mounts_private() -> None:
    """Let no mount made from here on be seen outside this mount namespace."""
    _mount("none", "/", None, _REC | _PRIVATE, None)


def mount(kind: str, target: Path | str, options: str = "") -> None:
    """Mount a new file system of that kind, such as tmpfs or proc."""
    _mount("none", target, kind, 0, options)


def bind(source: Path | str, target: Path | str, read_only: bool = False) -> None:
    """Show `source` (a path, or /proc/self/fd/N) at `target` too."""
    _mount(source, target, None, _BIND, None)
    if read_only:  # keeping the flags that a container may have locked
        flags = os.statvfs(target).f_flag & _LOCKED
        _mount("none", target, None, _BIND | _REMOUNT | _READ_ONLY | flags, None)


def _mount(source: Path | str, target: Path | str, kind: str | None, flags: int, options: str | None) -> None:
    kind_bytes = kind.encode() if kind else None
    options_bytes = options.encode() if options else None
    done = _libc.mount(
        os.fsencode(source), os.fsencode(target), kind_bytes, ctypes.c_ulong(flags), options_bytes
    )
    _checked(done, f"mount {kind or source} on {target}")


def _checked(returned: int, what: str) -> None:
    if returned != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
