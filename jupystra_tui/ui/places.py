"""How paths of this laptop and names of hosts are shown."""

from pathlib import Path


def short_path(path: str) -> str:
    """Return a path with `~` for the home folder."""
    return path.replace(f"{Path.home()}/", "~/", 1)


def short_host(name: str) -> str:
    """Return a host's name without its domain; an address stays whole, and so does a port."""
    host, colon, port = name.partition(":")
    first = host.split(".")[0]
    return name if first.isdigit() else f"{first}{colon}{port}"
