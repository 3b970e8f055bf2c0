"""Runs blocking calls in threads that never delay the exit."""

import asyncio
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what `function` returns, run in a daemon thread of its own.

    `asyncio.to_thread` shares a few threads that the exit waits for: an open prompt or a dead peer would block
    them. If the wait is cancelled, the thread continues: close what it blocks on.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        try:
            result, error = function(*args, **kwargs), None
        except BaseException as caught:
            result, error = None, caught
        try:
            loop.call_soon_threadsafe(settle, result, error)
        except RuntimeError:
            pass  # the loop is closed: nothing waits

    threading.Thread(target=run, name=getattr(function, "__name__", "call"), daemon=True).start()
    return await future
