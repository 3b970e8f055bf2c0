"""The type of the functions that answer requests."""

from collections.abc import Awaitable, Callable
from typing import Any

from jupystra_tui.protocol import Outcome

Handlers = dict[type, Callable[[Any], Awaitable[Outcome]]]
"""A function for each type of request: it returns the outcome, and raises JupystraError for the user to read."""
