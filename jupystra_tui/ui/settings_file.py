"""The settings file while the dashboard runs: it is read again if it was changed between two logins."""

from pathlib import Path

from msgspec import structs

from jupystra_tui.frontend.config import Config, load
from jupystra_tui.model import Cluster


class SettingsFile:
    """Detects that the file at `path` changed since it was last read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = self._state()

    def latest(self, config: Config, cluster: Cluster) -> tuple[Config, Cluster]:
        """Return the configuration and `cluster` as they are in the file now.

        A cluster that differs from `config`, because of a flag or typed text, is not changed. Raises ConfigError.
        """
        state = self._state()
        if state == self._read:
            return config, cluster
        fresh = load(self._path)
        self._read = state
        as_configured = config.cluster(cluster.name) == cluster
        latest = fresh.cluster(cluster.name) if as_configured else None
        return structs.replace(
            config, clusters=fresh.clusters, ssh_config=fresh.ssh_config
        ), latest or cluster

    def _state(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size
