"""A network for each process of a parallel test run: their servers and tunnels may use the same local ports."""

import fcntl
import os
import re
import socket
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from .cluster import kernel

_SET_FLAGS, _UP = 0x8914, 0x1
_NAME_SERVERS = re.compile(r"^nameserver\s+([0-9.]+)", re.MULTILINE)
_NO_SUCH_NAME = struct.pack("!H", 0x8183)


def enter() -> bool:
    """Give this process a network of its own, in which it is alone; False where that takes rights it does not have."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return False
    try:
        kernel.leave_for_new_network()
    except OSError:
        return False
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP))
    _ip("route", "add", "default", "dev", "lo")
    for address in _NAME_SERVERS.findall(Path("/etc/resolv.conf").read_text()) or ["127.0.0.1"]:
        with suppress(OSError):
            _know_no_name(address)
    return True


def _know_no_name(address: str) -> None:
    """Answer at the address of a name server of this machine that there is no such name."""
    _ip("address", "add", f"{address}/32", "dev", "lo")
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind((address, 53))
    threading.Thread(target=_answer, args=(listener,), name="name server", daemon=True).start()


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], capture_output=True, check=False)


def _answer(listener: socket.socket) -> None:
    while True:
        question, sender = listener.recvfrom(512)
        listener.sendto(question[:2] + _NO_SUCH_NAME + question[4:], sender)
