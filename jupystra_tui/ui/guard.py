"""Unexpected errors: one place turns them into a dialog, and the dashboard continues."""

import functools
import inspect
import traceback
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from textual import events
from textual.message_pump import MessagePump
from textual.timer import Timer

from jupystra_tui.model import Problem
from jupystra_tui.ui.textual_private import PAINTING_MODULES

REPORT = "The dashboard continues. Please report this bug and include its details."
SYSTEM = "The operating system of this computer reports this error. Fix its cause, then try again."


@runtime_checkable
class Reports(Protocol):
    """An app that shows errors."""

    def report(self, error: Exception) -> None:
        """Show an unexpected error."""


def unexpected(error: Exception) -> Problem:
    """Return the problem that describes an unexpected error; its detail is the traceback, without values."""
    trace = "".join(traceback.format_exception(error)).rstrip()
    if isinstance(error, OSError) and error.strerror:
        names = [str(name) for name in (error.filename, error.filename2) if name is not None]
        return Problem(": ".join((error.strerror, *names)), SYSTEM, trace)
    return Problem(f"Internal error ({type(error).__name__})", REPORT, trace)


def while_painting(error: BaseException) -> bool:
    """Return whether an error was raised while Textual arranged or painted a screen: then no dialog can be shown."""
    frames = (frame for frame, _ in traceback.walk_tb(error.__traceback__))
    return any(frame.f_globals.get("__name__", "").startswith(PAINTING_MODULES) for frame in frames)


def guarded(callback: Callable[..., Any], report: Callable[[Exception], object]) -> Callable[..., Any]:
    """Return a function that calls `callback` (also a coroutine function) and passes its errors to `report`.

    Errors while painting are raised: Textual then ends the app, which prints a report.
    """

    @functools.wraps(callback)
    async def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return await callback(*args, **kwargs)
        except Exception as error:
            if while_painting(error):
                raise
            report(error)

    @functools.wraps(callback)
    def call_now(*args: Any, **kwargs: Any) -> Any:
        try:
            return callback(*args, **kwargs)
        except Exception as error:
            if while_painting(error):
                raise
            report(error)

    return call if inspect.iscoroutinefunction(callback) else call_now


def _guarded_method(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a message handler whose errors are reported to its object's app."""

    @functools.wraps(method)
    async def handle(self: Any, *args: Any) -> Any:
        return await guarded(method, self._report)(self, *args)

    @functools.wraps(method)
    def handle_now(self: Any, *args: Any) -> Any:
        return guarded(method, self._report)(self, *args)

    return handle if inspect.iscoroutinefunction(method) else handle_now


class Guarded(MessagePump):
    """A screen, a widget or the app whose handlers, timers and callbacks may fail without ending the dashboard.

    Textual ends the app at the first error that leaves a handler; this catches it before.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name, method in list(vars(cls).items()):
            if name.startswith("on_") and name != "on_event" and inspect.isfunction(method):
                setattr(cls, name, _guarded_method(method))

    async def on_event(self, event: events.Event) -> None:
        """Process an event; an error in it is reported."""
        await guarded(super().on_event, self._report)(event)

    def set_timer(self, delay: float, callback: Any = None, **options: Any) -> Timer:
        """Call `callback` once after `delay` seconds; its errors are reported."""
        return super().set_timer(delay, callback and guarded(callback, self._report), **options)

    def set_interval(self, interval: float, callback: Any = None, **options: Any) -> Timer:
        """Call `callback` every `interval` seconds; its errors are reported."""
        return super().set_interval(interval, callback and guarded(callback, self._report), **options)

    def call_after_refresh(self, callback: Any, *args: Any, **kwargs: Any) -> bool:
        """Call `callback` once the screen is painted; its errors are reported."""
        return super().call_after_refresh(guarded(callback, self._report), *args, **kwargs)

    def _report(self, error: Exception) -> None:
        app = self.app
        if not isinstance(app, Reports):
            raise error
        app.report(error)
