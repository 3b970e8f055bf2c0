"""The process that owns the nodes: they live until its standard input ends, then their folder is removed.

    python -S -E -m cluster.keeper PLAN

PLAN is JSON: `folder`, `nodes` (names) and `software` (target path to source path). Once all nodes are there, their
init processes' ids are printed as one JSON line. The reading end of the pipe on standard input is shared by the
keeper and one parent per node; nobody writes, so its end is the end of the process that holds the other side.
"""

import json
import os
import shutil
import signal
import socket
import sys
import traceback
from pathlib import Path
from typing import NoReturn, TypedDict

from . import kernel, mounts


class Plan(TypedDict):
    folder: str
    nodes: list[str]
    software: dict[str, str]


def main() -> None:
    plan: Plan = json.loads(sys.argv[1])
    os.chdir("/")
    os.umask(0o022)
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_IGN)
    parents, inits = {}, {}
    for name in plan["nodes"]:
        parents[name], inits[name] = start(name, plan)
    print(json.dumps(inits), flush=True)
    wait_for_the_end()
    for pid in parents.values():
        os.waitpid(pid, 0)
    shutil.rmtree(plan["folder"], ignore_errors=True)


def start(name: str, plan: Plan) -> tuple[int, int]:
    """Make one node and return the pids of its parent and of its init, as seen from here."""
    news, tell = os.pipe()
    parent = os.fork()
    if parent == 0:
        os.close(news)
        os.dup2(2, 1)  # standard output is the keeper's alone, so that its end can be seen
        run_parent(name, plan, tell)
    os.close(tell)
    with open(news) as line:
        init = line.read()
    if not init:
        sys.exit(f"{name} could not be made")
    return parent, int(init)


def run_parent(name: str, plan: Plan, tell: int) -> NoReturn:
    """Hold the node's init, and end it together with everything in the node."""
    status = 1
    try:
        kernel.leave_for_new_namespaces()
        init = os.fork()
        if init == 0:
            run_init(name, plan, tell)
        os.close(tell)
        wait_for_the_end()
        os.kill(init, signal.SIGKILL)
        os.waitpid(init, 0)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def run_init(name: str, plan: Plan, tell: int) -> NoReturn:
    """Be process 1 of the node: arrange its files and name, tell the own pid when done, then only reap."""
    try:
        kernel.die_with_parent()
        pid = os.readlink("/proc/self")  # as the host counts, until the node has its own /proc
        mounts.arrange(Path(plan["folder"]), name, plan["software"])
        socket.sethostname(name)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        os.write(tell, pid.encode())
        os.close(tell)
        while True:
            signal.pause()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def wait_for_the_end() -> None:
    while os.read(0, 1):
        pass


if __name__ == "__main__":
    main()
