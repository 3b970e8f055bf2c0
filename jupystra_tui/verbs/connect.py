"""`jupystra connect`: a tunnel to a server that runs, or the one that is open."""

from argparse import ArgumentParser, Namespace

from jupystra_tui import protocol
from jupystra_tui.frontend.launch_flags import LOCAL_PORT, add_option, local_port_of
from jupystra_tui.verbs.clusters import add_cluster, log_in_for
from jupystra_tui.verbs.exits import FINE
from jupystra_tui.verbs.front_end import attached
from jupystra_tui.verbs.servers import browse, print_server, server_fields


def add(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("job", metavar="JOB_ID", help="as `jupystra list` shows it")
    add_option(parser, LOCAL_PORT)
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument("--json", action="store_true", help="print one JSON object; opens no browser")
    parser.add_argument("--quiet", action="store_true", help="do not tell on standard error how it goes")
    add_cluster(parser)


async def run(arguments: Namespace) -> int:
    """Connect, print the address, and open the browser unless a script asks."""
    port = local_port_of(arguments)
    async with attached(arguments) as front_end:
        cluster = await log_in_for(front_end, arguments, [arguments.job])
        job = front_end.state.job(cluster.name, arguments.job)
        key = job.key if job else arguments.job
        outcome = await front_end.request(protocol.Connect(cluster.name, key, port))
        fields = await server_fields(front_end, front_end.state.tunnel(outcome.tunnel), job)
        print_server(fields, as_json=arguments.json)
        if not (arguments.json or arguments.no_browser):
            await browse(fields["url"])
    return FINE
