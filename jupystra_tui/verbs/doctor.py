"""`jupystra doctor`: what of a cluster works, and what to do about the rest."""

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path

from msgspec import structs

from jupystra_tui import protocol
from jupystra_tui.errors import GivenUp, JupystraError, SchedulerError, WorkerError
from jupystra_tui.frontend.flags import add_target
from jupystra_tui.model import Cluster
from jupystra_tui.model.finding import Finding, Verdict, broken, untried
from jupystra_tui.verbs.bundle import refuse_existing, write_bundle
from jupystra_tui.verbs.clusters import log_in, start_cluster
from jupystra_tui.verbs.exits import FINE, NOTHING, NeedsAnswer, status_of
from jupystra_tui.verbs.findings import findings_fields, print_findings
from jupystra_tui.verbs.front_end import FrontEnd, attached
from jupystra_tui.verbs.output import print_json, say

_BEFORE_LOGIN = {"ssh", "ssh-keygen", "configuration", "network", "host key"}


def add(parser: ArgumentParser) -> None:
    """Add the flags."""
    add_target(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quiet", action="store_true", help="do not tell on standard error how it goes")
    parser.add_argument(
        "--bundle",
        metavar="FILE",
        help="write a new file for a bug report too, with names and addresses masked",
    )


async def run(arguments: Namespace) -> int:
    """Log in, look around, and print what was found; 1 when something is broken."""
    bundle = _bundle(arguments)
    async with attached(arguments) as front_end:
        cluster = start_cluster(front_end, arguments)
        trouble = await _trouble(front_end, cluster, arguments)
    async with attached(arguments) as front_end:  # one that could not ask a person is of no more use
        if not arguments.quiet:
            say(f"{cluster.name}: looking around, which takes some seconds")
        findings = await _examined(front_end, cluster, trouble)
        written = write_bundle(bundle, front_end, cluster, findings) if bundle else ""
    if arguments.json:
        print_json({**findings_fields(cluster.name, findings), "bundle": str(bundle) if bundle else None})
    else:
        print_findings(findings)
    if written:
        say(written)
    if any(finding.verdict is Verdict.BROKEN for finding in findings):
        return NOTHING
    return status_of(trouble) if trouble else FINE


def _bundle(arguments: Namespace) -> Path | None:
    """Return the file to write; raises ConfigError where it is there already."""
    if not arguments.bundle:
        return None
    file = Path(arguments.bundle).expanduser()
    refuse_existing(file)
    return file


async def _trouble(front_end: FrontEnd, cluster: Cluster, arguments: Namespace) -> JupystraError | None:
    """Log in; returns why that cannot be, None where it went well."""
    try:
        await log_in(front_end, cluster, arguments)
    except WorkerError:
        raise
    except JupystraError as error:
        return error
    return None


async def _examined(
    front_end: FrontEnd, cluster: Cluster, trouble: JupystraError | None
) -> tuple[Finding, ...]:
    laptop = await _ask(front_end, cluster, "laptop")
    if trouble is None:
        return (*laptop, *await _ask(front_end, cluster, "cluster"))
    return (*laptop, *_without_login(trouble, laptop))


async def _ask(front_end: FrontEnd, cluster: Cluster, side: str) -> tuple[Finding, ...]:
    request = protocol.Diagnose(
        cluster, "laptop" if side == "laptop" else "cluster", os.environ.get("SSH_AUTH_SOCK", "")
    )
    outcome = await front_end.request(request)
    return outcome.findings


def _without_login(trouble: JupystraError, laptop: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return why there is no session, and what is therefore not known."""
    seen, hint = trouble.title, trouble.hint or "Try again."
    stuck = any(one.verdict is Verdict.BROKEN and one.name in _BEFORE_LOGIN for one in laptop)
    if isinstance(trouble, SchedulerError):
        return (structs.replace(broken(seen, hint), name="scheduler", place="the login node"), _rest("that"))
    if stuck:
        login = untried("it cannot go on: see above", "Mend that first, then run doctor again.")
    elif isinstance(trouble, NeedsAnswer | GivenUp):
        login = untried(seen, hint)
    else:
        login = broken(seen, hint)
    return (structs.replace(login, name="login", place="the way in"), _rest("the login"))


def _rest(first: str) -> Finding:
    seen = "shell, scheduler, module, jupyter, disks, clock and tunnels are seen from a session"
    return structs.replace(
        untried(seen, f"Mend {first}, then run doctor again."), name="all else", place="the login node"
    )
