"""`jupystra script`: write a script that connects to a job's server from any computer with OpenSSH."""

from argparse import ArgumentParser, Namespace

from jupystra_tui import protocol
from jupystra_tui.verbs.clusters import add_cluster, find_and_log_in
from jupystra_tui.verbs.context import attached
from jupystra_tui.verbs.exits import OK
from jupystra_tui.verbs.list_jobs import fresh_snapshot
from jupystra_tui.verbs.output import print_json, print_result


def add(parser: ArgumentParser) -> None:
    """Add the flags of this verb."""
    parser.add_argument("job", metavar="JOB_ID", help="job id as `jupystra list` shows it")
    parser.add_argument("--json", action="store_true", help="print one JSON object with the path")
    parser.add_argument("--quiet", action="store_true", help="suppress progress messages")
    add_cluster(parser)


async def run(arguments: Namespace) -> int:
    """Write the script and print its path."""
    async with attached(arguments) as context:
        cluster = (await find_and_log_in(context, arguments, [arguments.job])).name
        await fresh_snapshot(context, cluster)
        job = context.state.job(cluster, arguments.job)
        key = job.key if job else arguments.job
        outcome = await context.request(protocol.MakeScript(cluster, key))
    if arguments.json:
        print_json({"job_id": key, "cluster": cluster, "path": outcome.path})
    else:
        print_result(outcome.path)
    return OK
