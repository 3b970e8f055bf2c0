"""The configuration: clusters with their defaults, keys and looks, in one TOML file.

theme = "jupystra-dark"

[keys]
kill = "K"

[clusters.o2]
preset = "o2"
user = "abc123"

[clusters.o2.defaults]
queue = "short"
walltime = "12:00:00"
memory = "8G"
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from jupystra_tui.model import Cluster
from jupystra_tui.text import nearest

if TYPE_CHECKING:
    from jupystra_tui.frontend.settings import Tables


class Config(Struct, frozen=True):
    """What the file says."""

    clusters: tuple[Cluster, ...] = ()
    keys: Annotated[dict[str, str], Meta(description="keys by the id of their command")] = {}
    theme: Annotated[str, Meta(description="jupystra-dark, jupystra-light, or one of Textual's")] = (
        "jupystra-dark"
    )
    ssh_config: Annotated[
        str, Meta(description="ssh configuration file for every cluster, as for ssh -F")
    ] = ""

    def cluster(self, name: str) -> Cluster | None:
        """Return the cluster of that name."""
        return next((cluster for cluster in self.clusters if cluster.name == name), None)


def load(path: Path) -> Config:
    """Return what `path` says, the defaults where there is no file; raises ConfigError, naming file and line."""
    if _missing(path):
        return Config()
    from jupystra_tui.frontend.settings import read_tables  # with the table of launch options; slow to import

    tables = read_tables(path)
    return _config(tables) if tables else Config()


def _missing(path: Path) -> bool:
    """Return whether there is no file; one that cannot be reached is not missing."""
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def _config(tables: "Tables") -> Config:
    top = dict(tables.top)
    entries = tables.table("clusters", top.pop("clusters", {}), ())
    base = tables.struct(Config, top, (), Config())
    clusters = tuple(_cluster(tables, name, entry, base.ssh_config) for name, entry in entries.items())
    return msgspec.structs.replace(base, clusters=clusters)


def _cluster(tables: "Tables", name: str, entry: Any, ssh_config: str) -> Cluster:
    place = ("clusters", name)
    table = dict(tables.table(name, entry, ("clusters",)))
    base = _base(tables, table.pop("preset", ""), place)
    ours = msgspec.structs.replace(
        base, name=name, host=base.host or name, ssh_config=base.ssh_config or ssh_config
    )
    return tables.cluster(table, place, ours)


def _base(tables: "Tables", wanted: Any, place: tuple[str, ...]) -> Cluster:
    """Return the preset that a cluster builds on, an empty one for none."""
    if wanted == "":
        return Cluster("", "")
    from jupystra_tui.frontend import presets  # here, because the dashboard's first frame seldom needs it

    found = presets.preset(wanted) if isinstance(wanted, str) else None
    if found is None:
        known = presets.names()
        near = nearest(str(wanted), known) or f"There are {', '.join(known)}."
        raise tables.error("preset", place, f"there is no preset {wanted!r}", near)
    return found
