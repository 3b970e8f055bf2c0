"""`jupystra doctor`: diagnose a cluster and suggest fixes."""

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path

from msgspec import structs

from jupystra_tui import protocol
from jupystra_tui.errors import GivenUp, JupystraError, SchedulerError, WorkerError
from jupystra_tui.frontend.flags import add_target
from jupystra_tui.model import Cluster
from jupystra_tui.model.finding import Finding, Verdict, failed, skipped
from jupystra_tui.verbs.bundle import refuse_existing, write_bundle
from jupystra_tui.verbs.clusters import cluster_to_start_on, log_in
from jupystra_tui.verbs.context import VerbContext, attached
from jupystra_tui.verbs.exits import NOT_FOUND, OK, NoTerminal, status_of
from jupystra_tui.verbs.findings import findings_fields, print_findings
from jupystra_tui.verbs.output import print_json, print_message

_BEFORE_LOGIN = {"ssh", "ssh-keygen", "configuration", "network", "host key"}


def add(parser: ArgumentParser) -> None:
    """Add the flags of this verb."""
    add_target(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quiet", action="store_true", help="suppress progress messages")
    parser.add_argument(
        "--bundle",
        metavar="FILE",
        help="also write a new file for a bug report, with names and addresses masked",
    )


async def run(arguments: Namespace) -> int:
    """Log in, run the checks and print the findings; the exit status is 1 if a check fails."""
    bundle = _bundle(arguments)
    async with attached(arguments) as context:
        cluster = cluster_to_start_on(context, arguments)
        failure = await _failure(context, cluster, arguments)
    # a context without a terminal cannot be used again after its first prompt
    async with attached(arguments) as context:
        if not arguments.quiet:
            print_message(f"{cluster.name}: running the checks; this takes some seconds")
        findings = await _findings(context, cluster, failure)
        written = write_bundle(bundle, context, cluster, findings) if bundle else ""
    if arguments.json:
        print_json({**findings_fields(cluster.name, findings), "bundle": str(bundle) if bundle else None})
    else:
        print_findings(findings)
    if written:
        print_message(written)
    if any(finding.verdict is Verdict.FAILED for finding in findings):
        return NOT_FOUND
    return status_of(failure) if failure else OK


def _bundle(arguments: Namespace) -> Path | None:
    """Return the file to write; raises ConfigError if it exists."""
    if not arguments.bundle:
        return None
    file = Path(arguments.bundle).expanduser()
    refuse_existing(file)
    return file


async def _failure(context: VerbContext, cluster: Cluster, arguments: Namespace) -> JupystraError | None:
    """Log in; returns the error, None on success."""
    try:
        await log_in(context, cluster, arguments)
    except WorkerError:
        raise
    except JupystraError as error:
        return error
    return None


async def _findings(
    context: VerbContext, cluster: Cluster, failure: JupystraError | None
) -> tuple[Finding, ...]:
    laptop = await _ask(context, cluster, "laptop")
    if failure is None:
        return (*laptop, *await _ask(context, cluster, "cluster"))
    return (*laptop, *_findings_without_login(failure, laptop))


async def _ask(context: VerbContext, cluster: Cluster, side: str) -> tuple[Finding, ...]:
    request = protocol.Diagnose(
        cluster, "laptop" if side == "laptop" else "cluster", os.environ.get("SSH_AUTH_SOCK", "")
    )
    outcome = await context.request(request)
    return outcome.findings


def _findings_without_login(failure: JupystraError, laptop: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the findings about a failed login, and what could not be checked without it."""
    seen, hint = failure.title, failure.hint or "Try again."
    blocked = any(one.verdict is Verdict.FAILED and one.name in _BEFORE_LOGIN for one in laptop)
    if isinstance(failure, SchedulerError):
        return (
            structs.replace(failed(seen, hint), name="scheduler", place="login node"),
            _not_checked("the scheduler"),
        )
    if blocked:
        login = skipped("not possible: see above", "Fix the problem above, then run doctor again.")
    elif isinstance(failure, NoTerminal | GivenUp):
        login = skipped(seen, hint)
    else:
        login = failed(seen, hint)
    return (structs.replace(login, name="login", place="login"), _not_checked("the login"))


def _not_checked(first: str) -> Finding:
    seen = "shell, scheduler, module, jupyter, disk, clock and tunnels need a session"
    return structs.replace(
        skipped(seen, f"Fix {first}, then run doctor again."), name="all other checks", place="login node"
    )
