"""Connect scripts: written where the person finds them."""

import os
from pathlib import Path

from jupystra_tui import paths
from jupystra_tui.errors import ConfigError
from jupystra_tui.jupyter.connect_script import connect_script, script_name
from jupystra_tui.model import JupyterServer
from jupystra_tui.worker.session import ClusterSession

MARK = "# Made by jupystra-tui"


def write_script(session: ClusterSession, server: JupyterServer) -> Path:
    """Write the connect script of a server and return its path; an older one of ours is replaced, a foreign file never.

    Raises ConfigError where it cannot be written.
    """
    site = session.site
    path = paths.scripts_folder() / script_name(session.cluster.name, server.job)
    try:
        text = connect_script(session.cluster, site.user, site.scheduler.name, server)
        if path.exists() and MARK not in path.read_text(errors="replace")[:2000]:
            raise ConfigError(f"{path} is there and not ours", "Move it away and try again.")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_text(text, encoding="utf-8")
        fresh.chmod(0o700)
        fresh.replace(path)
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{path} cannot be written: {error}", "Make room or mend the folder's rights."
        ) from error
    return path
