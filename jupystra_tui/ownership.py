"""Who owns a file, and which user is at the other end of a unix socket; standard library only.

The helpers that ssh runs load this file by its path, so it imports nothing of this package.
"""

import os
import pwd
import socket
import stat
import struct
from pathlib import Path
from typing import Protocol

# macOS and the BSDs have no SO_PEERCRED. From their <sys/un.h> and <sys/ucred.h>:
# struct xucred { u_int cr_version; uid_t cr_uid; short cr_ngroups; gid_t cr_groups[16]; }
SOL_LOCAL = 0
LOCAL_PEERCRED = 1
XUCRED_VERSION = 0
XUCRED_BYTES = 76
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class ForeignOwner(OSError):
    """A path or the other end of a socket is not ours alone; the message says whose it is."""


class HasOptions(Protocol):
    """A socket, or what asyncio shows of one."""

    def getsockopt(self, level: int, name: int, size: int, /) -> bytes:
        """Return the bytes of a socket option."""


def peer_uid(sock: HasOptions) -> int:
    """Return the user id of the process at the other end of a connected unix socket; raises OSError."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is not None:
        credentials = sock.getsockopt(socket.SOL_SOCKET, option, struct.calcsize("3i"))
        return int(struct.unpack("3i", credentials)[1])
    version, uid = struct.unpack_from("=II", sock.getsockopt(SOL_LOCAL, LOCAL_PEERCRED, XUCRED_BYTES))
    if version != XUCRED_VERSION:
        raise OSError(f"the system describes the other end in an unknown format (version {version})")
    return int(uid)


def check_peer(sock: HasOptions) -> None:
    """Raise ForeignOwner unless the process at the other end of a unix socket runs as our user."""
    uid = peer_uid(sock)
    if uid != os.geteuid():
        raise ForeignOwner(f"the process at the other end of the socket belongs to {user_name(uid)}")


def check_owned(path: Path, *, parents: bool = True) -> None:
    """Raise ForeignOwner unless `path` is a folder or a socket of ours that no other user can change or replace.

    Raises FileNotFoundError where there is nothing. A symbolic link is refused, and with `parents` so is a folder above
    it that others may change: a shared one must have the sticky bit, as /tmp has.
    """
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise ForeignOwner(f"{path} is a symbolic link, made by {user_name(status.st_uid)}")
    if not stat.S_ISDIR(status.st_mode) and not stat.S_ISSOCK(status.st_mode):
        raise ForeignOwner(f"{path} is neither a folder nor a socket")
    if status.st_uid != os.geteuid():
        raise ForeignOwner(f"{path} belongs to {user_name(status.st_uid)}")
    if status.st_mode & OTHERS_WRITE:
        raise ForeignOwner(f"{path} can be changed by other users (mode {stat.S_IMODE(status.st_mode):04o})")
    for folder in path.parent.resolve().joinpath("_").parents if parents else ():
        _check_parent(folder)


def check_link(link: Path, target: Path) -> None:
    """Raise ForeignOwner unless `link` is a symbolic link of ours to `target`; OSError where there is none."""
    status = link.lstat()
    if not stat.S_ISLNK(status.st_mode) or status.st_uid != os.geteuid():
        raise ForeignOwner(f"{link} is not a link of ours: it belongs to {user_name(status.st_uid)}")
    if Path(os.readlink(link)) != target:
        raise ForeignOwner(f"{link} leads elsewhere: to {os.readlink(link)}")


def user_name(uid: int) -> str:
    """Return the name of a user for a message, with their number."""
    try:
        return f"the user {pwd.getpwuid(uid).pw_name} (uid {uid})"
    except KeyError:
        return f"the user with uid {uid}"


def _check_parent(folder: Path) -> None:
    status = folder.stat()
    trusted = {0, os.geteuid(), Path("/").stat().st_uid}  # who owns the root folder could replace anything
    if status.st_uid not in trusted:
        raise ForeignOwner(f"{folder} belongs to {user_name(status.st_uid)}, who could replace what is in it")
    sticky = status.st_mode & stat.S_ISVTX
    # A person's own folders may be writable by their private group (umask 002); what is in them is checked itself.
    shared = stat.S_IWOTH if status.st_uid == os.geteuid() else OTHERS_WRITE
    if status.st_mode & shared and not sticky:
        raise ForeignOwner(f"{folder} can be changed by other users, who could replace what is in it")
