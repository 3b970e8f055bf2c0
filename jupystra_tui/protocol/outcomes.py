"""What the worker answers, when it did what was asked."""

from msgspec import Struct

from jupystra_tui.model import Cluster, KillPart, Problem
from jupystra_tui.model.finding import Finding
from jupystra_tui.text import Secret


class Done(Struct, frozen=True, tag=True):
    """It is done."""


class KillPlan(Struct, frozen=True, tag=True):
    """What a kill would end now, and those of the ids for which nothing is there."""

    parts: tuple[KillPart, ...]
    missing: tuple[str, ...] = ()


class Killed(Struct, frozen=True, tag=True):
    """The scheduler took the kill of `parts`; `ask` are those that began to run since, and were left alone."""

    parts: tuple[KillPart, ...]
    ask: tuple[KillPart, ...] = ()


class Previewed(Struct, frozen=True, tag=True):
    """The batch script as it would be sent, and what is wrong with the request, each naming its field.

    A `Start` with its `tag` sends just that script.
    """

    script: str
    problems: tuple[Problem, ...] = ()
    tag: str = ""


class Started(Struct, frozen=True, tag=True):
    """A launch has begun; `sent` is the batch script that it submits."""

    launch: str
    sent: str = ""


class Connected(Struct, frozen=True, tag=True):
    """A tunnel is open and its server answered."""

    tunnel: str


class Url(Struct, frozen=True, tag=True):
    """An address that opens the server without a question: `http://127.0.0.1:8888/?token=…`."""

    url: Secret


class ScriptMade(Struct, frozen=True, tag=True):
    """A connect script was written; `path` is where it lies on this laptop."""

    path: str


class LogRead(Struct, frozen=True, tag=True):
    """The end of a log; clean text. `path` is where it lies on the cluster."""

    path: str
    text: str


class Diagnosed(Struct, frozen=True, tag=True):
    """What was found, a check each."""

    findings: tuple[Finding, ...]


class KeyPlan(Struct, frozen=True, tag=True):
    """Whether there is such a key, and what making it (removing it, if there is) does, a line a step."""

    exists: bool
    lines: tuple[str, ...]


class Hosts(Struct, frozen=True, tag=True):
    """Aliases in the order of the file."""

    aliases: tuple[str, ...]


class Recent(Struct, frozen=True, tag=True):
    """Clusters that somebody was logged in to, the latest last, their defaults left out; and job keys with theirs."""

    clusters: tuple[Cluster, ...] = ()
    jobs: tuple[tuple[str, str], ...] = ()


Outcome = (
    Done
    | KillPlan
    | Killed
    | Previewed
    | Started
    | Connected
    | Url
    | ScriptMade
    | LogRead
    | Diagnosed
    | KeyPlan
    | Hosts
    | Recent
)
