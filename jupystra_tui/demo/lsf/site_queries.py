"""The command stubs that describe the site: bqueues, bhosts, lshosts, bparams, lsid."""

from __future__ import annotations

from collections import Counter

from jupystra_tui.demo.inventory import DemoPartition
from jupystra_tui.demo.lsf.daemon import Daemon, LsfError, options
from jupystra_tui.demo.lsf.job_rows import rows
from jupystra_tui.demo.scheduler_commands import CommandCall, CommandReply

USAGE = "{letter}: illegal option"
HEADING = "QUEUE_NAME      PRIO STATUS          MAX JL/U JL/P JL/H NJOBS  PEND   RUN  SUSP "
LONG = """
QUEUE: {name}
  -- Practice

PARAMETERS/STATISTICS
PRIO NICE STATUS          MAX JL/U JL/P JL/H NJOBS  PEND   RUN SSUSP USUSP  RSV 
 {priority}    0  Open:Active       -    -    -    - {jobs:5} {pend:5} {run:5}     0     0    0
Schedule delay for a new job is 0 seconds
Interval for a host to accept two jobs is 0 seconds

 RUNLIMIT                
 {longest}.0 min

SCHEDULING PARAMETERS
           r15s   r1m  r15m   ut      pg    io   ls    it    tmp    swp    mem
 loadSched   -     -     -     -       -     -    -     -     -      -      -  
 loadStop    -     -     -     -       -     -    -     -     -      -      -  

USERS:  all
HOSTS:  {hosts}

"""  # noqa: W291
PARAMS = """Default Queues:  {queue}
Job Dispatch Interval:  5 seconds
Job Checking Interval:  3 seconds
Job Accepting Interval:  0 seconds
"""


def bqueues(daemon: Daemon, call: CommandCall) -> CommandReply:
    """List the queues, in short or (-l) in full."""
    words, names = options(call.argv, "lwu:", USAGE)
    queues = [queue for queue in daemon.inventory.partitions if not names or queue.name in names]
    if not queues:
        raise LsfError(f"{names[0]}: No such queue")
    counts = Counter((row.job.request.partition, row.word) for row in rows(daemon))
    write = _long if "l" in words else _short
    printed = [write(queue, 40 - place, counts) for place, queue in enumerate(queues)]
    return CommandReply(
        "------------------------------\n".join(printed) if "l" in words else f"{HEADING}\n{''.join(printed)}"
    )


def _short(queue: DemoPartition, priority: int, counts: Counter[tuple[str, str]]) -> str:
    pend, run = counts[queue.name, "PEND"], counts[queue.name, "RUN"]
    return f"{queue.name:15} {priority:3}   Open:Active      -    -    -    - {pend + run:5} {pend:5} {run:5}     0\n"


def _long(queue: DemoPartition, priority: int, counts: Counter[tuple[str, str]]) -> str:
    pend, run = counts[queue.name, "PEND"], counts[queue.name, "RUN"]
    hosts = " ".join(node.name for node in queue.nodes)
    return LONG.format(
        name=queue.name,
        priority=priority,
        jobs=pend + run,
        pend=pend,
        run=run,
        longest=queue.longest,
        hosts=hosts,
    )


def bhosts(daemon: Daemon, call: CommandCall) -> CommandReply:
    """List the hosts with their slots."""
    words, _ = options(call.argv, "wl", USAGE)
    running = [row.job for row in rows(daemon) if row.word == "RUN"]
    width = 15 if "w" in words else 12
    lines = [f"HOST_NAME          {'STATUS':{width}} JL/U    MAX  NJOBS    RUN  SSUSP  USUSP    RSV "]
    for node in daemon.inventory.nodes:
        used = sum(job.request.cpus for job in running if job.node == node.name)
        status = (
            "unavail" if node.name in daemon.queue.down() else "ok" if used < node.cpus else "closed_Full"
        )
        shown = (status if "w" in words else status.partition("_")[0]).ljust(width)
        lines.append(f"{node.name:18} {shown}    - {node.cpus:6} {used:6} {used:6} {0:6} {0:6} {0:6}")
    return CommandReply("".join(f"{line}\n" for line in lines))


def lshosts(daemon: Daemon, call: CommandCall) -> CommandReply:
    """List the hosts with their memory."""
    lines = ["HOST_NAME                       type       model  cpuf ncpus maxmem maxswp server RESOURCES"]
    lines += [
        f"{node.name:30} linux     IntelI5 100.0 {node.cpus:5} {node.memory}M      -    Yes (cs)"
        for node in daemon.inventory.nodes
    ]
    return CommandReply("".join(f"{line}\n" for line in lines))


def bparams(daemon: Daemon, call: CommandCall) -> CommandReply:
    """Print the default queue, in short or (-l) as its parameter."""
    queue = daemon.contact().inventory.partitions[0].name
    if call.argv and call.argv[0] in ("-l", "-a"):
        printed = f"\nSystem default queues for automatic queue selection:\n    DEFAULT_QUEUE = {queue}\n\n"
        return CommandReply(printed)
    return CommandReply(PARAMS.format(queue=queue))


def lsid(daemon: Daemon, call: CommandCall) -> CommandReply:
    """Print version, cluster and master."""
    site = daemon.inventory
    return CommandReply(
        f"{daemon.version}\nMy cluster name is {site.cluster}\nMy master name is {site.login}\n"
    )
