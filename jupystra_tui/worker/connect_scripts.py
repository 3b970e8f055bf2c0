"""Connect scripts: written where the user finds them."""

from pathlib import Path

from jupystra_tui import paths
from jupystra_tui.apps.connect_script import connect_script, script_name
from jupystra_tui.apps.discovery import DiscoveredServer
from jupystra_tui.errors import ConfigError
from jupystra_tui.private_file import replace_private
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.worker.session import ClusterSession

MARK = "# Made by jupystra-tui"


async def write_script(session: ClusterSession, found: DiscoveredServer) -> Path:
    """Write the connect script of a server and return its path; an older one of ours is replaced, a foreign file never.

    Raises ConfigError where it cannot be written, ConnectError.
    """
    site, endpoint = session.site, (await session.connection()).endpoint
    path = paths.scripts_folder() / script_name(session.cluster.name, found.server.job)
    address = (endpoint.host, endpoint.port)
    try:
        query, unset = site.scheduler.queue.state_query(found.server.job), site.scheduler.unset
        text = connect_script(session.cluster, site.user, query, found, address, unset)
        await in_thread(_write, path, text)
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{path} cannot be written: {error}", "Free some space, or fix the permissions of the folder."
        ) from error
    return path


def _write(path: Path, text: str) -> None:
    """Replace a script as a whole, so that a running one continues."""
    if path.exists() and MARK not in path.read_text(errors="replace")[:2000]:
        raise ConfigError(f"{path} exists and was not written by jupystra-tui", "Move it away and try again.")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_private(path, text.encode(), 0o700)
