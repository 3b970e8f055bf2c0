"""The worker's answers to requests that succeeded."""

from msgspec import Struct

from jupystra_tui.model import Cluster, KillPart, Problem
from jupystra_tui.model.finding import Finding
from jupystra_tui.text import Secret


class Done(Struct, frozen=True, tag=True):
    """The request was carried out."""


class KillPlan(Struct, frozen=True, tag=True):
    """The parts that a kill would end now, and the ids that match no job."""

    parts: tuple[KillPart, ...]
    missing: tuple[str, ...] = ()


class Killed(Struct, frozen=True, tag=True):
    """The scheduler accepted the kill of `parts`; `ask` are those that have started since: they were not killed."""

    parts: tuple[KillPart, ...]
    ask: tuple[KillPart, ...] = ()


class Previewed(Struct, frozen=True, tag=True):
    """The batch script as it would be submitted, and the problems of the request, each with its field.

    A `Start` with its `tag` submits exactly this script.
    """

    script: str
    problems: tuple[Problem, ...] = ()
    tag: str = ""


class Started(Struct, frozen=True, tag=True):
    """A launch began; `sent` is the batch script that it submits."""

    launch: str
    sent: str = ""


class Connected(Struct, frozen=True, tag=True):
    """A tunnel is open and its server answered."""

    tunnel: str


class Url(Struct, frozen=True, tag=True):
    """The URL of a server, with its token: `http://127.0.0.1:8888/?token=…`."""

    url: Secret


class ScriptMade(Struct, frozen=True, tag=True):
    """A connect script was written; `path` is its path on this laptop."""

    path: str


class LogRead(Struct, frozen=True, tag=True):
    """The end of a log, as clean text. `path` is its path on the cluster."""

    path: str
    text: str


class Diagnosed(Struct, frozen=True, tag=True):
    """The findings, one for each check."""

    findings: tuple[Finding, ...]


class KeyPlan(Struct, frozen=True, tag=True):
    """Whether the key exists, and the steps that create it, or remove it if it exists."""

    exists: bool
    lines: tuple[str, ...]


class Hosts(Struct, frozen=True, tag=True):
    """Host aliases of the ssh configuration, in its order."""

    aliases: tuple[str, ...]


class Recent(Struct, frozen=True, tag=True):
    """Recently used clusters without their defaults, the latest last; and job keys with their clusters."""

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
