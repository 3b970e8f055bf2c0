"""The faults, as the README shows them."""

import os
from typing import Any, NamedTuple

import pytest

FULL = os.environ.get("JUPYSTRA_FAULTS") == "full"
SLOW_MACHINE_SECONDS = 15.0
HEADER = ("fault", "what you see", "back after", "what you do")
NOTHING = "nothing"
PLAYED: set[str] = set()
"""The names of the faults that an imported test plays."""


class Fault(NamedTuple):
    """A row of the table. `back` is seconds from the end of the fault until the same port answers, or words."""

    name: str
    what: str
    seen: str
    back: float | str
    do: str = NOTHING

    @property
    def limit(self) -> float:
        """Seconds that a test may wait: the figure itself, or more where the machine is shared."""
        assert isinstance(self.back, float), f"{self.name} does not come back by itself"
        return self.back if FULL else max(SLOW_MACHINE_SECONDS, 3 * self.back)

    @property
    def row(self) -> str:
        """The row in Markdown."""
        back = f"{self.back:.0f} s" if isinstance(self.back, float) else self.back
        return f"| {self.what} | {self.seen} | {back} | {self.do} |"


NOT_INTERRUPTED = "not interrupted"
NEVER = "–"

FAULTS = (
    Fault("short-cut", "the network is away for 20 s", "pages wait, then continue; no prompt", 10.0),
    Fault("long-cut", "the network is away for 40 s", "*reconnecting*", 5.0),
    Fault("sleep", "the laptop sleeps, and wakes before the network is there", "*reconnecting*", 5.0),
    Fault("connection-killed", "the login node drops the connection", "*reconnecting*", 5.0),
    Fault("login-away", "the login node restarts", "*reconnecting*, and the time of the next attempt", 15.0),
    Fault("many-breaks", "the connection breaks fifty times", "*reconnecting*, each time; no leftover processes", 5.0),
    Fault("sshd-restarted", "the login node's sshd is restarted", "nothing", NOT_INTERRUPTED),
    Fault("second-factor-cut", "the network is away for 20 s, and a login needs a code", "no prompt", 10.0),
    Fault("second-factor-killed", "the connection is dropped, and a login needs a code",
          "*needs you*; no prompt until you are there", "you answer", "`enter`, and answer"),
    Fault("node-ssh-away", "the compute node does not accept ssh for 75 s", "the tunnel is retried", 5.0),
    Fault("tunnel-killed", "a tunnel's `ssh` dies", "the tunnel is opened again", 5.0),
    Fault("server-hangs", "Jupyter does not answer for a while", "the tunnel stays; its server is not ready", 5.0),
    Fault("dashboard-gone", "the dashboard is killed", "tunnels stay open", NOT_INTERRUPTED),
    Fault("worker-killed", "the worker is killed", "the open or the next dashboard restarts it", 5.0),
    Fault("port-taken", "another program takes the port of a tunnel that broke",
          "the port is taken; the tunnel does not move to another", "the port is free", "end that program"),
    Fault("disk-full", "the laptop's disk is full", "tunnels open; nothing is saved", NOT_INTERRUPTED,
          "free some space"),
    Fault("impostor", "another user's program imitates the worker", "an error; nothing is sent to it", NEVER,
          "tell the administrator of the laptop"),
    Fault("controller-away", "Slurm's controller does not answer",
          "the last queue, and why it is old; tunnels stay open",
          NOT_INTERRUPTED),
    Fault("endless-answer", "the output of `squeue` never ends", "an error that says so, within 30 s", "the next poll"),
    Fault("node-fails", "the compute node fails, and the job is requeued",
          "the job is pending; then the same port leads to its new node", "the job runs"),
    Fault("job-killed", "the job ends", "the tunnel closes: its job ended", NEVER, "`n` starts another"),
    Fault("login-refused", "your key is no longer accepted", "the error, and what was tried", "you log in",
          "`i` on the cluster screen"),
    Fault("node-refuses", "the compute node refuses your login", "the node's error; the session stays", "you connect",
          "`enter` on the job"),
    Fault("no-forwarding", "the login node forbids forwarding", "forwarding is not allowed", NEVER, "ask your site"),
    Fault("host-key", "the host key of the login node changed", "the connection is refused; both fingerprints", NEVER,
          "ask your site"),
    Fault("unknown-host", "the host name is wrong", "*not connected*: no such host", NEVER, "fix the name"),
    Fault("refused", "nothing listens at the login node's port", "*not connected*: connection refused", NEVER,
          "fix the port"),
    Fault("no-network", "the login node does not answer", "*not connected*: no answer, within 30 s", "you log in",
          "`enter`"),
    Fault("cut-in-submission", "the network breaks while a job is submitted", "the launch continues, with one job",
          15.0),
    Fault("home-full", "your home on the cluster is full", "an error, or the job that was submitted", NEVER,
          "free some space"),
    Fault("submission-refused", "Slurm refuses a job", "Slurm's message; no job", NEVER, "change the request"),
    Fault("no-jupyter", "Jupyter is not found in the job", "where it was searched; the job ends", NEVER,
          "add set-up commands"),
    Fault("setup-fails", "a set-up command fails", "the command; the job ends", NEVER, "fix it"),
    Fault("job-dies", "a job ends before its server is ready", "the last lines of its log", NEVER, "read them"),
    Fault("killed-early", "a job is killed while it starts", "the job was canceled", NEVER, "`n` starts another"),
    Fault("no-server", "you connect to a job without a server", "an error, and the job's state", NEVER, NOTHING),
)  # fmt: skip
BY_NAME = {fault.name: fault for fault in FAULTS}


def fault(name: str) -> pytest.MarkDecorator:
    """Mark a test as one that plays this fault; KeyError for one that the table does not have."""
    PLAYED.add(BY_NAME[name].name)
    mark: pytest.MarkDecorator = pytest.mark.fault(name)
    return mark


def parameter(name: str, *values: object) -> Any:
    """Return a parameter set of a test that plays this fault."""
    return pytest.param(BY_NAME[name], *values, id=name, marks=fault(name))


def markdown() -> str:
    """Return the table for the README."""
    head = f"| {' | '.join(HEADER)} |\n|{' --- |' * len(HEADER)}\n"
    return head + "\n".join(one.row for one in FAULTS)


def seconds(short: float, full: float) -> float:
    """Return how long an outage lasts in this run."""
    return full if FULL else short
