"""The app of the README's section "Your own app", added as a user adds it."""

import re
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

from jupystra_tui.apps.app_registry import own_folder

README = Path(__file__).parents[1] / "README.md"
NAME = "hello"


def text() -> str:
    """Return the TOML text that the README shows."""
    section = README.read_text(encoding="utf-8").partition("## Your own app")[2]
    found = re.search(r"```toml\n(.*?)```", section, re.DOTALL)
    assert found
    assert tomllib.loads(found[1])
    return found[1]


def add(toml: str = "", name: str = NAME) -> Path:
    """Write one file into the user's configuration, and return its path."""
    folder = own_folder()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.toml"
    file.write_text(toml or text(), encoding="utf-8")
    return file


def status(url: str) -> int:
    """Return the status with which a server answers at an address."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
