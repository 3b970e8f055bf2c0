"""The clusters that match what the user typed in the login."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec import structs

from jupystra_tui.frontend.config import Config
from jupystra_tui.model import Cluster
from jupystra_tui.model.target import Target, aimed, read_target

_EXACT, _BEGINS, _CONTAINS, _OTHER = range(4)

CONFIGURED = "configuration"
OPENSSH = "ssh configuration"
PRESET = "your preset"
SHIPPED = "preset"
TYPED = "as typed"


class Known(NamedTuple):
    """A cluster that can be chosen, and where it is configured."""

    cluster: Cluster
    origin: str


def known_clusters(
    config: Config, aliases: Iterable[str], presets: Iterable[Known] = ()
) -> tuple[Known, ...]:
    """Return the configuration's clusters, then OpenSSH's aliases, then presets, each name once."""
    aliases = tuple(aliases)
    names = {cluster.name for cluster in config.clusters}
    ours = [Known(cluster, CONFIGURED) for cluster in config.clusters]
    theirs = [
        Known(Cluster(alias, alias, ssh_config=config.ssh_config), OPENSSH)
        for alias in aliases
        if alias not in names
    ]
    others = [
        Known(structs.replace(cluster, ssh_config=cluster.ssh_config or config.ssh_config), origin)
        for cluster, origin in presets
        if cluster.name not in names.union(aliases)
    ]
    return (*ours, *theirs, *others)


def offers(known: Sequence[Known], typed: str, config: Config) -> list[Known]:
    """Return the clusters that match the typed text, best match first; raises ValueError with a sentence.

    Known names come first: the exact one, those that begin with the text, those that contain it; then the text as a
    host. A typed user and port apply to each. Shipped presets are listed only once something is typed.
    """
    if not typed.strip():
        return [entry for entry in known if entry.origin is not SHIPPED]
    target = read_target(typed)
    ranked = sorted((_rank(entry.cluster, target.host.lower()), place) for place, entry in enumerate(known))
    found = [_aimed(known[place], target) for rank, place in ranked if rank < _OTHER]
    if not ranked or ranked[0][0] != _EXACT:
        typed_cluster = Cluster(target.host, target.host, target.user, target.port, config.ssh_config)
        found.append(Known(typed_cluster, TYPED))
    return found


def way(entry: Known) -> str:
    """Return a sentence with the host and the user of the login."""
    cluster, origin = entry
    port = f" port {cluster.port}" if cluster.port else ""
    if cluster.user:
        return f"logs in to {cluster.host}{port} as {cluster.user}"
    if origin is OPENSSH:
        return f"logs in to {cluster.host}{port}, with address and user of your ssh configuration"
    return f"logs in to {cluster.host}{port}, with the user of your ssh configuration"


def _aimed(entry: Known, target: Target) -> Known:
    return entry._replace(cluster=aimed(entry.cluster, target))


def _rank(cluster: Cluster, wanted: str) -> int:
    names = (cluster.name.lower(), cluster.host.lower())
    if wanted in names:
        return _EXACT
    if any(name.startswith(wanted) for name in names):
        return _BEGINS
    return _CONTAINS if any(wanted in name for name in names) else _OTHER
