"""What a person types to name a cluster, and which known ones it may mean."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from jupystra_tui.config import Config
from jupystra_tui.model import Cluster

# OpenSSH refuses these too: a host name may end up in a shell, by ProxyCommand and its kin.
_NEVER = set("'`\"$\\;&<>|(){}*?[]#!,/")
_SAME, _BEGINS, _HOLDS, _OTHER = range(4)

CONFIGURED = "configuration"
OPENSSH = "ssh configuration"
TYPED = "as typed"


class Target(NamedTuple):
    """`[user@]host[:port]`; `user` and `port` empty and 0 where they are not given."""

    user: str
    host: str
    port: int


class Known(NamedTuple):
    """A cluster that can be chosen, and where it is written down."""

    cluster: Cluster
    origin: str


def read_target(text: str) -> Target:
    """Return what was typed; raises ValueError with a sentence for what no host or user can be."""
    user, at, address = text.strip(" ").rpartition("@")
    if "@" in user:
        raise ValueError("Only one “@” can stand between user and host.")
    if at:
        _check(user, "user")
    # More than one colon is an IPv6 address; ssh has no way to name a port beside it either.
    host, colon, port = address.rpartition(":") if address.count(":") == 1 else (address, "", "")
    _check(host, "host")
    if colon and not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError("A port is a number from 1 to 65535.")
    return Target(user, host, int(port or 0))


def _check(name: str, what: str) -> None:
    if not name:
        raise ValueError(f"The {what} is missing.")
    if name.startswith("-"):
        raise ValueError(f"A {what} cannot begin with “-”: ssh would take it for an option.")
    if not name.isprintable() or any(map(str.isspace, name)):
        raise ValueError(f"A {what} cannot hold blanks or control characters.")
    odd = next((char for char in name if char in _NEVER), "")
    if odd:
        raise ValueError(f"A {what} cannot hold “{odd}”.")


def known_clusters(config: Config, aliases: Iterable[str]) -> tuple[Known, ...]:
    """Return the configuration's clusters, then those aliases of OpenSSH's that it does not name."""
    names = {cluster.name for cluster in config.clusters}
    ours = [Known(cluster, CONFIGURED) for cluster in config.clusters]
    theirs = [
        Known(Cluster(alias, alias, ssh_config=config.ssh_config), OPENSSH)
        for alias in aliases
        if alias not in names
    ]
    return (*ours, *theirs)


def offers(known: Sequence[Known], typed: str, config: Config) -> list[Known]:
    """Return what the typed text may mean, likeliest first; raises ValueError with a sentence.

    Known names come first: that very one, those that begin so, those that hold it; then the text taken as a host.
    User and port, where they are typed, go with each.
    """
    if not typed.strip():
        return list(known)
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
    cluster = entry.cluster
    user, port = target.user or cluster.user, target.port or cluster.port
    return entry._replace(cluster=msgspec.structs.replace(cluster, user=user, port=port))


def _rank(cluster: Cluster, wanted: str) -> int:
    names = (cluster.name.lower(), cluster.host.lower())
    if wanted in names:
        return _SAME
    if any(name.startswith(wanted) for name in names):
        return _BEGINS
    return _HOLDS if any(wanted in name for name in names) else _OTHER
