"""Which loopback addresses accept connections."""

import socket


def answering_at(port: int) -> set[str]:
    """Return the loopback addresses on which a port accepts connections; Linux has all of 127.0.0.0/8."""
    return {
        address for address in ("127.0.0.1", "127.0.0.2", "127.255.0.1", "::1") if _answers(address, port)
    }


def _answers(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), 5).close()
    except OSError:
        return False
    return True
