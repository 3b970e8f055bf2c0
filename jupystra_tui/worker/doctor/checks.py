"""All checks in the order shown, and how they are made: one after the other, each in its time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, TypeVar

from msgspec import Struct, structs

from jupystra_tui.errors import JupystraError
from jupystra_tui.model.finding import Finding, broken, look, untried
from jupystra_tui.worker.doctor import disk, itself, programs, queue, routes, software, surroundings, way_in
from jupystra_tui.worker.doctor.contexts import LaptopContext, SiteContext

Context = TypeVar("Context")

log = logging.getLogger(__name__)


class Check(Struct, Generic[Context], frozen=True):
    """A check: what it is called, where it looks, what looks, and how many seconds that may take."""

    name: str
    place: str
    look: Callable[[Context], Awaitable[Finding]]
    seconds: float = 30.0


LAPTOP: tuple[Check[LaptopContext], ...] = (
    Check("ssh", "this laptop", programs.ssh),
    Check("ssh-keygen", "this laptop", programs.ssh_keygen),
    Check("configuration", "this laptop", programs.configuration),
    Check("keys", "this laptop", programs.keys),
    Check("worker", "this laptop", itself.worker),
    Check("transport", "the way in", way_in.transport),
    Check("network", "the way in", way_in.network),
    Check("host key", "the way in", way_in.host_key),
    Check("ways of login", "the way in", way_in.ways),
)
SITE: tuple[Check[SiteContext], ...] = (
    Check("shell", "the login node", surroundings.login_shell),
    Check("start files", "the login node", surroundings.start_files),
    Check("home", "the login node", surroundings.home),
    Check("room at home", "the login node", disk.home_room),
    Check("room in /tmp", "the login node", disk.temporary_room),
    Check("clock", "the login node", surroundings.clock),
    Check("scheduler", "the login node", queue.scheduler),
    Check("queue", "the login node", queue.queue),
    Check("module", "the login node", software.modules),
    Check("jupyter", "the login node", software.jupyter, 90.0),
    Check("sessions", "tunnels", routes.sessions),
    Check("forwarding", "tunnels", routes.forwarding),
    Check("ssh to a node", "tunnels", routes.node_login),
    Check("relay", "tunnels", routes.relay),
)


async def examine(checks: Iterable[Check[Context]], context: Context) -> tuple[Finding, ...]:
    """Return what each check found; one that fails or takes too long is a finding too."""
    found = []
    for check in checks:
        finding = await _made(check, context)
        found.append(structs.replace(finding, name=check.name, place=check.place))
    return tuple(found)


async def _made(check: Check[Context], context: Context) -> Finding:
    try:
        async with asyncio.timeout(check.seconds):
            return await check.look(context)
    except TimeoutError:
        return look(f"no answer within {check.seconds:.0f} s", "Try again when the site is less busy.")
    except JupystraError as error:
        return broken(error.title, error.hint or "Try again.")
    except Exception as error:
        log.exception("the check of %s failed", check.name)
        return untried(
            f"internal error in this check ({type(error).__name__})",
            "Please report this bug, with the results of the other checks.",
        )
