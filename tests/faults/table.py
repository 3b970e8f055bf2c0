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
    Fault("short-cut", "the network is away for 20 s", "pages wait and go on; nobody is asked", 10.0),
    Fault("long-cut", "the network is away for 40 s", "*reconnecting*", 5.0),
    Fault("sleep", "the laptop sleeps, and wakes before the network is there", "*reconnecting*", 5.0),
    Fault("connection-killed", "the login node drops the connection", "*reconnecting*", 5.0),
    Fault("login-away", "the login node restarts", "*reconnecting*, and when it is tried next", 15.0),
    Fault("many-breaks", "the connection breaks fifty times", "*reconnecting*, each time; nothing piles up", 5.0),
    Fault("sshd-restarted", "the login node's sshd is restarted", "nothing", NOT_INTERRUPTED),
    Fault("second-factor-cut", "the network is away for 20 s, and a login needs a code", "nobody is asked", 10.0),
    Fault("second-factor-killed", "the connection is dropped, and a login needs a code",
          "*needs you*; nobody is asked before you come", "you answer", "`enter`, and answer"),
    Fault("node-ssh-away", "the compute node takes no ssh for 75 s", "the tunnel is tried again", 5.0),
    Fault("tunnel-killed", "a tunnel's `ssh` dies", "the tunnel is opened again", 5.0),
    Fault("server-hangs", "Jupyter does not answer for a while", "the tunnel stays; its server is not ready", 5.0),
    Fault("dashboard-gone", "the dashboard is killed", "tunnels stay open", NOT_INTERRUPTED),
    Fault("worker-killed", "the worker is killed", "it is started again, and your tunnels are", 5.0),
    Fault("port-taken", "another program takes the port of a tunnel that broke",
          "its port is taken; the tunnel does not move", "the port is free", "end that program"),
    Fault("disk-full", "the laptop's disk is full", "tunnels open; nothing is remembered", NOT_INTERRUPTED,
          "make room"),
    Fault("impostor", "another user's program poses as the worker", "a refusal; it is told nothing", NEVER,
          "tell the laptop's administrator"),
    Fault("controller-away", "Slurm's controller does not answer", "the last queue, and why it is old; tunnels go on",
          NOT_INTERRUPTED),
    Fault("endless-answer", "`squeue` prints without end", "an error that names it, within 30 s", "the next poll"),
    Fault("node-fails", "the compute node fails, and the job is requeued", "the job waits; then the same port leads to "
          "its new node", "the job runs"),
    Fault("job-killed", "the job ends", "the tunnel is closed: its job has ended", NEVER, "`n` for another"),
    Fault("login-refused", "your key is accepted no more", "the refusal, and what was tried", "you log in",
          "`i` on the cluster's screen"),
    Fault("node-refuses", "the compute node refuses your login", "the node's refusal; the session stays", "you connect",
          "`enter` on the job"),
    Fault("no-forwarding", "the login node forbids forwarding", "the forwarding is forbidden", NEVER, "ask your site"),
    Fault("host-key", "the login node shows another host key", "a full stop, with both fingerprints", NEVER,
          "ask your site"),
    Fault("unknown-host", "there is no such host", "*not connected*: no such host", NEVER, "correct the name"),
    Fault("refused", "nothing listens at the login node's port", "*not connected*: it refused", NEVER,
          "correct the port"),
    Fault("no-network", "no answer to a login", "*not connected*: no answer, within 30 s", "you log in", "`enter`"),
    Fault("cut-in-submission", "the network breaks while a job is submitted", "the launch goes on, with one job", 15.0),
    Fault("home-full", "your home on the cluster is full", "the full disk, or the job that was started", NEVER,
          "make room"),
    Fault("submission-refused", "Slurm refuses a job", "Slurm's own words; no job", NEVER, "change the request"),
    Fault("no-jupyter", "a job finds no Jupyter", "where it looked; the job ends", NEVER, "add the set-up"),
    Fault("setup-fails", "a set-up command fails", "the command; the job ends", NEVER, "correct it"),
    Fault("job-dies", "a job ends before its server is up", "the last lines of its log", NEVER, "read them"),
    Fault("killed-early", "a job is killed while it starts", "the job was cancelled", NEVER, "`n` for another"),
    Fault("no-server", "a job that you connect to runs no server", "no server, and the job's state", NEVER, NOTHING),
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
