"""How paths of this laptop are shown."""

from pathlib import Path


def short_path(path: str) -> str:
    """Return a path with `~` for the home folder."""
    return path.replace(f"{Path.home()}/", "~/", 1)
