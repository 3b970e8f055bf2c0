"""`jupystra script`: writes a program that connects to a job's server from any computer with OpenSSH."""

from argparse import ArgumentParser, Namespace

from jupystra_tui import protocol
from jupystra_tui.verbs.clusters import add_cluster, log_in_for
from jupystra_tui.verbs.exits import FINE
from jupystra_tui.verbs.front_end import attached
from jupystra_tui.verbs.jobs import look
from jupystra_tui.verbs.output import print_json, tell


def add(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("job", metavar="JOB_ID", help="as `jupystra list` shows it")
    parser.add_argument("--json", action="store_true", help="print one JSON object, with the path")
    parser.add_argument("--quiet", action="store_true", help="do not tell on standard error how it goes")
    add_cluster(parser)


async def run(arguments: Namespace) -> int:
    """Write it and print where it is."""
    async with attached(arguments) as front_end:
        cluster = (await log_in_for(front_end, arguments, [arguments.job])).name
        await look(front_end, cluster)
        job = front_end.state.job(cluster, arguments.job)
        key = job.key if job else arguments.job
        outcome = await front_end.request(protocol.MakeScript(cluster, key))
    if arguments.json:
        print_json({"job_id": key, "cluster": cluster, "path": outcome.path})
    else:
        tell(outcome.path)
    return FINE
