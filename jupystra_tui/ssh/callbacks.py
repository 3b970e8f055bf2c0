"""The callbacks by which this package prompts the user and reports progress."""

from collections.abc import Awaitable, Callable

from jupystra_tui.model import Prompt
from jupystra_tui.text import Secret

Ask = Callable[[Prompt], Awaitable[Secret]]
"""Returns the answer to a prompt (whose id the callee fills in); raises GivenUp when the user cancels."""

Report = Callable[[str], None]
"""Takes one step of a login as text."""

LAPTOP = "this laptop"
"""The asker of what is not sent to a server: a passphrase, a touch."""
