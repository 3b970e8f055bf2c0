"""What the stories do on the laptop and as users: log in, keep a session open, submit a job, look at it."""

import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from . import users
from .site import Site
from .wait import until


def ssh(site: Site, *argv: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(site.ssh(*argv), input=stdin, capture_output=True, text=True, timeout=30)


@contextmanager
def open_session(site: Site) -> Iterator[subprocess.Popen[bytes]]:
    """A live `ssh hpc cat`, which has echoed once."""
    argv = site.ssh("hpc", "exec cat")
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as session:
        try:
            assert session.stdout is not None
            assert session.stdout.readline().decode().strip() == users.NOISE
            say(session, b"hello\n")
            assert hears(session, b"hello\n", 10)
            yield session
        finally:
            session.kill()


def say(session: subprocess.Popen[bytes], line: bytes) -> None:
    assert session.stdin is not None
    session.stdin.write(line)
    session.stdin.flush()


def hears(session: subprocess.Popen[bytes], line: bytes, seconds: float) -> bool:
    assert session.stdout is not None
    ready, _, _ = select.select([session.stdout], [], [], seconds)
    return bool(ready) and session.stdout.readline() == line


def submit(site: Site, script: str, *options: str, user: str = "ada") -> str:
    submitting = f"sbatch --parsable --output=job.log {' '.join(options)}"
    return site.as_user(submitting, user, stdin=f"#!/bin/bash -l\n{script}\n").stdout.strip()


def state(site: Site, job: str) -> str:
    return site.as_user(f"squeue -h -t all -j {job} -o %T").stdout.strip()


def listening(site: Site, node: str, port: int) -> bool:
    return bool(site.run(node, "ss", "-Hltn", f"sport = :{port}").stdout)


def listening_at(site: Site, node: str, port: int) -> set[str]:
    """The addresses with their port."""
    lines = site.run(node, "ss", "-Hltn", f"sport = :{port}").stdout.splitlines()
    return {line.split()[3] for line in lines}


def squat(site: Site, node: str, port: int) -> None:
    """Have somebody listen at a port of a node, until the site is made as new."""
    site.as_user(f"python3 -m http.server -b 127.0.0.1 {port} >/dev/null 2>&1 &", node=node)
    until(lambda: listening(site, node, port), "the squatter")
