"""Waiting for something that the user may stop following."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class NotFollowed(Exception):
    """The user stopped following the launch during a wait."""


async def while_followed(work: Awaitable[T], left: asyncio.Event, grace: float = 0.0) -> T:
    """Return what `work` returns; raises NotFollowed if it has not ended `grace` seconds after `left` is set."""
    task = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(left.wait())
    try:
        await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done() and grace:
            await asyncio.wait({task}, timeout=grace)
        if task.done():
            return await task
    finally:
        task.cancel()
        leaving.cancel()
        await asyncio.gather(task, leaving, return_exceptions=True)
    raise NotFollowed
