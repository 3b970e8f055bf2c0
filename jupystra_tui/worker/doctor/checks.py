"""All checks in the order shown; they run one after the other, each with a time limit."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, TypeVar

from msgspec import Struct, structs

from jupystra_tui.errors import JupystraError
from jupystra_tui.model.finding import Finding, failed, skipped, warning
from jupystra_tui.worker.doctor import (
    command_environment,
    disk,
    itself,
    programs,
    queue,
    routes,
    software,
    way_in,
)
from jupystra_tui.worker.doctor.contexts import LaptopContext, SiteContext

Context = TypeVar("Context")

log = logging.getLogger(__name__)


class Check(Struct, Generic[Context], frozen=True):
    """A check: its name, where it runs, its function, and its time limit in seconds."""

    name: str
    place: str
    run: Callable[[Context], Awaitable[Finding]]
    seconds: float = 30.0


LAPTOP: tuple[Check[LaptopContext], ...] = (
    Check("ssh", "this laptop", programs.ssh),
    Check("ssh-keygen", "this laptop", programs.ssh_keygen),
    Check("configuration", "this laptop", programs.configuration),
    Check("keys", "this laptop", programs.keys),
    Check("worker", "this laptop", itself.worker),
    Check("transport", "login", way_in.transport),
    Check("network", "login", way_in.network),
    Check("host key", "login", way_in.host_key),
    Check("login methods", "login", way_in.methods),
)
SITE: tuple[Check[SiteContext], ...] = (
    Check("shell", "login node", command_environment.login_shell),
    Check("start files", "login node", command_environment.start_files),
    Check("home", "login node", command_environment.home),
    Check("space in home", "login node", disk.home_space),
    Check("space in /tmp", "login node", disk.temporary_space),
    Check("clock", "login node", command_environment.clock),
    Check("scheduler", "login node", queue.scheduler),
    Check("queue", "login node", queue.queue),
    Check("module", "login node", software.modules),
    Check("jupyter", "login node", software.jupyter, 90.0),
    Check("sessions", "tunnels", routes.sessions),
    Check("forwarding", "tunnels", routes.forwarding),
    Check("ssh to a node", "tunnels", routes.node_login),
    Check("relay", "tunnels", routes.relay),
)


async def examine(checks: Iterable[Check[Context]], context: Context) -> tuple[Finding, ...]:
    """Return the finding of each check, also of one that raises an error or takes too long."""
    found = []
    for check in checks:
        finding = await _run(check, context)
        found.append(structs.replace(finding, name=check.name, place=check.place))
    return tuple(found)


async def _run(check: Check[Context], context: Context) -> Finding:
    try:
        async with asyncio.timeout(check.seconds):
            return await check.run(context)
    except TimeoutError:
        return warning(f"no answer within {check.seconds:.0f} s", "Try again when the cluster is less busy.")
    except JupystraError as error:
        return failed(error.title, error.hint or "Try again.")
    except Exception as error:
        log.exception("the check of %s failed", check.name)
        return skipped(
            f"internal error in this check ({type(error).__name__})",
            "Please report this bug, with the results of the other checks.",
        )
