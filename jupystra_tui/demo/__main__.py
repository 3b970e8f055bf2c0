"""The practice cluster's process: `python -m jupystra_tui.demo` runs until its standard input closes."""

from __future__ import annotations

import argparse
import json
import logging
import os
import select
import signal
import sys
from dataclasses import asdict
from pathlib import Path

from jupystra_tui.demo.demo_site import DemoSite
from jupystra_tui.demo.site_folder import SiteFolder

LOG_FORMAT = "%(asctime)s %(name)s: %(message)s"
ENDING_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def main() -> int:
    """Open the site, print the login data as one line of JSON, and close it when standard input ends."""
    options = _arguments().parse_args()
    ended = _ending_signals()
    os.umask(0o022)
    folder = SiteFolder(options.folder)
    try:
        _play(folder, options, ended)
    finally:
        folder.remove()
    return 0


def _play(folder: SiteFolder, options: argparse.Namespace, ended: int) -> None:
    logging.basicConfig(filename=folder.log, level=logging.WARNING, format=LOG_FORMAT)
    site = DemoSite(folder, options.queue_seconds, options.scheduler)
    try:
        if options.lively:
            site.populate()
        print(json.dumps(asdict(site.invitation)), flush=True)
        _wait_for_the_end(ended)
    finally:
        site.close()


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m jupystra_tui.demo", description=__doc__)
    parser.add_argument("--folder", type=Path, help="create the site in this new folder (use a short path)")
    parser.add_argument(
        "--queue-seconds", type=float, default=3.0, metavar="S", help="minimum waiting time of every job"
    )
    parser.add_argument(
        "--scheduler", choices=("slurm", "lsf"), default="slurm", help="the scheduler to simulate"
    )
    parser.add_argument("--lively", action="store_true", help="add sample jobs")
    return parser


def _ending_signals() -> int:
    """Return a descriptor that becomes readable when the process is signaled to end."""
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
    for number in ENDING_SIGNALS:
        signal.signal(number, lambda *_: None)
    return readable


def _wait_for_the_end(ended: int) -> None:
    standard_input = sys.stdin.fileno()
    while True:
        ready, _, _ = select.select([standard_input, ended], [], [])
        if ended in ready or not os.read(standard_input, 4096):
            return


if __name__ == "__main__":
    sys.exit(main())
