"""The files and names that belong to a compute node's ssh connection."""

from pathlib import Path

from msgspec import Struct

from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.node_login_key import key_path


class NodeFiles(Struct, frozen=True):
    """`name` is the node's name in known_hosts: unique across clusters.

    `known_hosts` are the files of host keys: the permanent one, and the one for the life of this worker. `key` is the
    private key for the compute nodes, None if there is none.
    """

    name: str
    known_hosts: tuple[Path, Path]
    key: Path | None


def node_files(connection: Connection, node: str, folders: Folders) -> NodeFiles:
    """Return the files for a node of the cluster that `connection` leads to."""
    key = login_key(connection, folders)
    return NodeFiles(
        f"{node}.{connection.endpoint.place}",
        (folders.state / "known_hosts", folders.runtime / "known_hosts.once"),
        key if key.exists() else None,
    )


def login_key(connection: Connection, folders: Folders) -> Path:
    """Return the path of the private key for the compute nodes, whether it exists or not."""
    return key_path(folders.state, connection.endpoint.user, connection.endpoint.place)
