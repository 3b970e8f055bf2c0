"""TCP port numbers."""

LAST_PORT = 65535


def read_port(text: str, first: int = 1) -> int | None:
    """Return a port from `first` to 65535 written in ASCII digits, None for any other text."""
    if not (text.isascii() and text.isdecimal()) or len(text) > 5:
        return None
    port = int(text)
    return port if first <= port <= LAST_PORT else None
