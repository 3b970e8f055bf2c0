"""Presets: a cluster in a file of its own, which people may hand on. Some are shipped, one's own lie beside them.

A preset's settings are those of `[clusters.NAME]` in the configuration; its name is the file's.
"""

from pathlib import Path

from jupystra_tui import paths
from jupystra_tui.errors import ConfigError
from jupystra_tui.frontend.settings import read_tables
from jupystra_tui.model import Cluster


def own_folder() -> Path:
    """Return where a person's own presets lie; the folder need not be there."""
    return paths.config_file().parent / "presets"


def own() -> dict[str, Path]:
    """Return the person's own presets by name."""
    return {file.stem: file for file in sorted(own_folder().glob("*.toml"))}


def shipped() -> dict[str, Path]:
    """Return the presets that come with the program by name."""
    return {file.stem: file for file in sorted(Path(__file__).parent.glob("*.toml"))}


def names() -> tuple[str, ...]:
    """Return the names of all presets, one's own first."""
    return tuple(dict.fromkeys([*own(), *shipped()]))


def offered() -> tuple[tuple[Cluster, ...], tuple[ConfigError, ...]]:
    """Return the presets that name a host, one's own first, and what is wrong with files that cannot be used."""
    found: list[Cluster] = []
    wrong: list[ConfigError] = []
    for name in names():
        try:
            cluster = preset(name)
        except ConfigError as error:
            wrong.append(error)
        else:
            found += [cluster] if cluster and cluster.host else []
    return tuple(found), tuple(wrong)


def preset(name: str) -> Cluster | None:
    """Return the preset of that name, one's own before a shipped one; raises ConfigError for a mistake in its file.

    Its `host` is empty where it is a template for any site.
    """
    file = own().get(name) or shipped().get(name)
    tables = read_tables(file) if file else None
    return tables.cluster(tables.top, (), Cluster(name, "")) if tables else None
