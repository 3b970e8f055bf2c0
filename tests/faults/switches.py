"""What the tests of this folder break, beside what the site itself can."""

import os
import secrets
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..cluster import sshd
from ..cluster.nodes import LOGIN, Process
from ..cluster.site import Site
from .lab import Laptop


def tunnel_pids(laptop: Laptop) -> list[int]:
    """The process ids of the laptop's tunnels."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = entry.joinpath("cmdline").read_bytes().split(b"\0")
            if words[0].endswith(b"ssh") and any(bytes(laptop.home) in word for word in words):
                found.append(int(entry.name))
    return found


def kill_tunnels(*laptops: Laptop) -> None:
    """Kill the ssh of every tunnel; there must be one on each laptop."""
    for laptop in laptops:
        pids = tunnel_pids(laptop)
        assert pids, f"{laptop.home.name} has no tunnel"
        for pid in pids:
            os.kill(pid, signal.SIGKILL)


def send(sign: signal.Signals, *laptops: Laptop) -> None:
    """Send a signal to all that runs on these laptops: SIGSTOP as they fall asleep, SIGCONT as they wake."""
    for laptop in laptops:
        for pid in (laptop.worker(), *tunnel_pids(laptop)):
            with suppress(ProcessLookupError):
                os.kill(pid, sign)


@contextmanager
def asleep(*laptops: Laptop) -> Iterator[None]:
    """Have nothing on these laptops run for a while."""
    send(signal.SIGSTOP, *laptops)
    try:
        yield
    finally:
        send(signal.SIGCONT, *laptops)


def servers(site: Site, node: str) -> list[Process]:
    """The Jupyter servers of a node."""
    return [one for one in site.nodes[node].processes() if one.name.startswith("jupyter")]


@contextmanager
def instead_of(site: Site, program: str, script: str) -> Iterator[None]:
    """Have the login node run a shell script instead of a program, which the script finds as `$real`."""
    path = site.run(LOGIN, "sh", "-c", f"command -v {program}").stdout.strip()
    real, ours = f"/run/faults/real-{program}", f"/run/faults/{program}"
    place = f"mkdir -p /run/faults && cp {path} {real} && cat >{ours} && chmod 755 {ours}"
    site.run(LOGIN, "sh", "-c", place, stdin=f"#!/bin/sh\nreal={real}\n{script}\n")
    site.run(LOGIN, "mount", "--bind", ours, path)
    try:
        yield
    finally:
        site.run(LOGIN, "umount", "-l", path)


@contextmanager
def sshd_options(site: Site, *options: str) -> Iterator[None]:
    """Have the login node's sshd run with other options; sessions that are open live on."""
    node = site.nodes[LOGIN]
    sshd.stop(node)
    sshd.start(node, *(word for option in options for word in ("-o", option)))
    try:
        yield
    finally:
        sshd.stop(node)
        sshd.start(node)


@contextmanager
def keys_refused(site: Site) -> Iterator[None]:
    """Have no node take the user's key; sessions that are open live on."""
    keys = site.home / ".ssh/authorized_keys"
    away = keys.with_name("away")
    keys.rename(away)
    try:
        yield
    finally:
        away.rename(keys)


@contextmanager
def full(folder: Path | str, run: Callable[..., object]) -> Iterator[None]:
    """Have a folder lie on a disk with no room left, with what is in it; `run` runs a command where the folder is."""
    script = """cd "$1" && cp -a . "$2" && size=$(du -sk "$2" | cut -f1) &&
mount -t tmpfs -o "size=$((size + 64))k,mode=$(stat -c %a .),uid=$(stat -c %u .)" none "$1" &&
cd "$1" && cp -a "$2/." . && cat /dev/zero >filler 2>/dev/null; test -e filler"""
    kept = f"/tmp/faults-{secrets.token_hex(4)}"
    run("sh", "-c", f"mkdir {kept} && set -- {folder} {kept} && {script}")
    try:
        yield
    finally:
        run("sh", "-c", f"umount -l {folder}; rm -rf {kept}")
