"""Servers of apps on compute nodes."""

from msgspec import Struct


class AppServer(Struct, frozen=True):
    """A server of an app as its job's files report it; its token stays in the worker. `tag` names the job's folder.

    `path` begins and ends with a slash; it is empty where the server's base path cannot be part of an address.
    """

    job: str
    tag: str
    node: str
    port: int
    path: str = "/"
    version: str = ""
    root: str = ""
    app: str = "jupyterlab"
