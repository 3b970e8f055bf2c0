"""What a person types to name a login: `[user@]host[:port]`."""

from typing import NamedTuple

from msgspec import structs

from jupystra_tui.model.cluster import Cluster
from jupystra_tui.model.ports import read_port

# OpenSSH refuses these too: a host name may end up in a shell, by ProxyCommand and its kin.
_NEVER = set("'`\"$\\;&<>|(){}*?[]#!,/")


class Target(NamedTuple):
    """`[user@]host[:port]`; `user` and `port` empty and 0 where they are not given."""

    user: str
    host: str
    port: int


def read_target(text: str) -> Target:
    """Return what was typed; raises ValueError with a sentence for what no host or user can be."""
    user, at, address = text.strip(" ").rpartition("@")
    if "@" in user:
        raise ValueError("Only one “@” is allowed, between user and host.")
    if at:
        _check(user, "user")
    # More than one colon is an IPv6 address; ssh has no way to name a port beside it either.
    host, colon, port = address.rpartition(":") if address.count(":") == 1 else (address, "", "")
    _check(host, "host")
    number = read_port(port) if colon else 0
    if number is None:
        raise ValueError("A port is a number from 1 to 65535.")
    return Target(user, host, number)


def aimed(cluster: Cluster, target: Target) -> Cluster:
    """Return `cluster` with the user and the port of `target` where it has them; another user gives another name."""
    user, port = target.user or cluster.user, target.port or cluster.port
    name = f"{user}@{cluster.name}" if target.user not in ("", cluster.user) else cluster.name
    return structs.replace(cluster, name=name, user=user, port=port)


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
