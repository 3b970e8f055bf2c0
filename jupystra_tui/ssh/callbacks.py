"""How this room asks a person: through whoever owns the connection."""

from collections.abc import Awaitable, Callable

from jupystra_tui.model import Prompt
from jupystra_tui.text import Secret

Ask = Callable[[Prompt], Awaitable[Secret]]
"""Returns the answer to a prompt (whose id the asker fills in); raises GivenUp when the person cancels."""

Report = Callable[[str], None]
"""Takes one step of a login, in plain words."""

LAPTOP = "this laptop"
"""Who asks what no server hears: a passphrase, a touch."""
