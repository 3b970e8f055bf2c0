"""Jupyter servers on compute nodes."""

from msgspec import Struct


class JupyterServer(Struct, frozen=True):
    """A Jupyter server as its runtime file tells; its token stays in the worker. `tag` names the job's folder.

    `path` begins and ends with a slash; it is empty where the server's base path cannot be part of an address.
    """

    job: str
    tag: str
    node: str
    port: int
    path: str = "/"
    version: str = ""
    root: str = ""
