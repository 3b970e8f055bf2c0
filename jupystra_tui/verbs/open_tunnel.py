"""`jupystra connect`: open a tunnel to a running server, or reuse the open one."""

from argparse import ArgumentParser, Namespace

from jupystra_tui import protocol
from jupystra_tui.frontend.launch_flags import LOCAL_PORT, add_option, local_port_of
from jupystra_tui.verbs.clusters import add_cluster, find_and_log_in
from jupystra_tui.verbs.context import attached
from jupystra_tui.verbs.exits import OK
from jupystra_tui.verbs.server_output import open_in_browser, print_server, server_fields


def add(parser: ArgumentParser) -> None:
    """Add the flags of this verb."""
    parser.add_argument("job", metavar="JOB_ID", help="job id as `jupystra list` shows it")
    add_option(parser, LOCAL_PORT)
    parser.add_argument("--no-browser", action="store_true", help="only print the URL")
    parser.add_argument("--json", action="store_true", help="print one JSON object; opens no browser")
    parser.add_argument("--quiet", action="store_true", help="suppress progress messages")
    add_cluster(parser)


async def run(arguments: Namespace) -> int:
    """Connect, print the URL, and open the browser unless --json or --no-browser is given."""
    port = local_port_of(arguments)
    async with attached(arguments) as context:
        cluster = await find_and_log_in(context, arguments, [arguments.job])
        job = context.state.job(cluster.name, arguments.job)
        key = job.key if job else arguments.job
        outcome = await context.request(protocol.Connect(cluster.name, key, port))
        fields = await server_fields(context, context.state.tunnel(outcome.tunnel), job)
        print_server(fields, as_json=arguments.json)
        if not (arguments.json or arguments.no_browser):
            await open_in_browser(fields["url"])
    return OK
