"""All apps: those that are shipped, and the user's own files beside `config.toml`."""

from pathlib import Path

from msgspec import Struct

from jupystra_tui import paths
from jupystra_tui.apps.web_app import App, read_app
from jupystra_tui.errors import ConfigError
from jupystra_tui.text import clean, nearest

DEFAULT = "jupyterlab"
FORMER_NAMES = {"lab": "jupyterlab"}
"""Words that earlier versions used for apps, in files and flags of users."""


class Registry(Struct, frozen=True):
    """The apps by name, and what is wrong with the user's files that cannot be used, by the name of their app."""

    apps: dict[str, App]
    broken: dict[str, ConfigError] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all apps, those of broken files last."""
        return tuple(self.apps | self.broken)

    def app(self, name: str) -> App:
        """Return the app of that name, which may be a former one; raises ConfigError."""
        name = FORMER_NAMES.get(name, name)
        if name in self.broken:
            raise self.broken[name]
        if name in self.apps:
            return self.apps[name]
        known = f"There are {', '.join(self.names)}. Your own are in {own_folder()}."
        raise ConfigError(f"There is no app {clean(name)!r}", nearest(name, self.names) or known)


def own_folder() -> Path:
    """Return the folder of the user's own apps; it need not be there."""
    return paths.config_file().parent / "apps"


def registry() -> Registry:
    """Return the shipped apps and the user's own, read again; an own file of a shipped name replaces that app."""
    shipped = {file.stem: _read(file) for file in _files(Path(__file__).parent)}
    own: dict[str, App] = {}
    broken: dict[str, ConfigError] = {}
    for file in _files(own_folder()):
        try:
            own[file.stem] = _read(file)
        except ConfigError as error:
            broken[file.stem] = error
    return Registry(shipped | own, broken)


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(folder.glob("*.toml"))
    except OSError:
        return []


def _read(file: Path) -> App:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {error}", "Fix the file or move it away.") from error
    return read_app(file.stem, text, str(file))
