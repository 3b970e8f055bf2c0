"""Waiting for something that a person may leave meanwhile."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class Left(Exception):
    """The person left while something was waited for."""


async def unless_left(work: Awaitable[T], left: asyncio.Event, grace: float = 0.0) -> T:
    """Return what `work` returns; raises Left when `left` is set and `work` has not ended `grace` seconds later."""
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
    raise Left
