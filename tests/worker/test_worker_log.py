"""The worker's log: it says why the worker ended, is the owner's alone, and does not grow without end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jupystra_tui.worker import worker_log as logs
from jupystra_tui.worker.worker_lock import WorkerLock

LIMIT = 30.0
WRITE = """
import logging, os, sys
from pathlib import Path
from jupystra_tui.worker import worker_log as logs
logs.LOG_BYTES = 2000
logs.start_logging(Path(sys.argv[1]))
for number in range(200):
    logging.getLogger("x").info("line %d of many that are written here", number)
os.write(2, b"printed by a library\\n")
"""


def start(laptop: Path) -> "subprocess.Popen[bytes]":
    """Start a worker of a laptop and return it once it listens."""
    log = laptop / "run" / "worker.log"
    log.parent.mkdir(mode=0o700, exist_ok=True)
    with log.open("ab") as out:
        return subprocess.Popen([sys.executable, "-m", "jupystra_tui.worker"], stdout=out, stderr=out)


def wait_for(file: Path, words: str) -> str:
    """Return what a file holds as soon as these words are in it."""
    deadline = time.monotonic() + LIMIT
    while words not in (said := file.read_text() if file.exists() else ""):
        assert time.monotonic() < deadline, said
        time.sleep(0.02)
    return said


def listens(laptop: Path) -> None:
    deadline = time.monotonic() + LIMIT
    while not (laptop / "run" / "worker.sock").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_named(laptop: Path, number: signal.Signals) -> None:
    process = start(laptop)
    listens(laptop)
    process.send_signal(number)
    assert process.wait(LIMIT) == 0
    said = (laptop / "run" / "worker.log").read_text()
    assert "the worker starts: version" in said
    assert f"the worker ends: signal {number.name}" in said
    assert (laptop / "run" / "worker.log").stat().st_mode & 0o777 == 0o600


def test_a_lock_held_elsewhere_is_named(laptop: Path) -> None:
    (laptop / "run").mkdir(mode=0o700)
    lock = WorkerLock(laptop / "run" / "worker.lock")
    assert lock.acquire()
    process = start(laptop)
    assert process.wait(LIMIT) == 0
    lock.release()
    assert f"another worker (pid {os.getpid()})" in (laptop / "run" / "worker.log").read_text()


def test_a_crash_leaves_its_traceback(laptop: Path) -> None:
    (laptop / "run" / "worker.sock").mkdir(parents=True)
    (laptop / "run").chmod(0o700)
    process = start(laptop)
    assert process.wait(LIMIT) == 1
    said = (laptop / "run" / "worker.log").read_text()
    assert "the worker ends: internal error" in said
    assert "Traceback" in said


def test_the_log_is_rotated_and_what_is_printed_follows(tmp_path: Path) -> None:
    file = tmp_path / "worker.log"
    done = subprocess.run(
        [sys.executable, "-c", WRITE, str(file)], capture_output=True, text=True, timeout=LIMIT, umask=0
    )
    assert done.returncode == 0
    files = sorted(tmp_path.iterdir())
    assert len(files) == 1 + logs.OLD_LOGS
    assert all(one.stat().st_size <= 2200 for one in files)
    assert all(one.stat().st_mode & 0o777 == 0o600 for one in files)
    assert file.read_text().endswith("printed by a library\n")
    assert "line 199" in file.read_text()


def test_a_disk_that_is_full_costs_only_the_log(tmp_path: Path) -> None:
    full = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
"""
    end = "open(sys.argv[1] + '.end', 'w').write('went on')"
    done = subprocess.run(
        [sys.executable, "-c", f"{full}{WRITE.split('os.write')[0]}{end}", str(tmp_path / "worker.log")],
        capture_output=True,
        timeout=LIMIT,
    )
    assert done.returncode == 0
    assert (tmp_path / "worker.log.end").read_text() == "went on"
