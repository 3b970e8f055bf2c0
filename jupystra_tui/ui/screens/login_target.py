"""What a person types to name a cluster, and which known ones it may mean."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec import structs

from jupystra_tui.frontend.config import Config
from jupystra_tui.model import Cluster
from jupystra_tui.model.target import Target, aimed, read_target

_SAME, _BEGINS, _HOLDS, _OTHER = range(4)

CONFIGURED = "configuration"
OPENSSH = "ssh configuration"
PRESET = "your preset"
SHIPPED = "preset"
TYPED = "as typed"


class Known(NamedTuple):
    """A cluster that can be chosen, and where it is written down."""

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
    """Return what the typed text may mean, likeliest first; raises ValueError with a sentence.

    Known names come first: that very one, those that begin so, those that hold it; then the text taken as a host.
    User and port, where they are typed, go with each. Shipped presets are for those who know their names.
    """
    if not typed.strip():
        return [entry for entry in known if entry.origin is not SHIPPED]
    target = read_target(typed)
    ranked = sorted((_rank(entry.cluster, target.host.lower()), place) for place, entry in enumerate(known))
    found = [_aimed(known[place], target) for rank, place in ranked if rank < _OTHER]
    if not ranked or ranked[0][0] != _SAME:
        typed_cluster = Cluster(target.host, target.host, target.user, target.port, config.ssh_config)
        found.append(Known(typed_cluster, TYPED))
    return found


def way(entry: Known) -> str:
    """Say how this would log in."""
    cluster, origin = entry
    port = f" port {cluster.port}" if cluster.port else ""
    if cluster.user:
        return f"logs in to {cluster.host}{port} as {cluster.user}"
    if origin is OPENSSH:
        return f"logs in to {cluster.host}{port}, address and user as your ssh configuration has them"
    return f"logs in to {cluster.host}{port}, the user as your ssh configuration has it"


def _aimed(entry: Known, target: Target) -> Known:
    return entry._replace(cluster=aimed(entry.cluster, target))


def _rank(cluster: Cluster, wanted: str) -> int:
    names = (cluster.name.lower(), cluster.host.lower())
    if wanted in names:
        return _SAME
    if any(name.startswith(wanted) for name in names):
        return _BEGINS
    return _HOLDS if any(wanted in name for name in names) else _OTHER
