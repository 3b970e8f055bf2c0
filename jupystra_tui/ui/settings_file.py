"""The settings file while the dashboard runs: a person may correct it between two logins."""

from pathlib import Path

from msgspec import structs

from jupystra_tui.frontend.config import Config, load
from jupystra_tui.model import Cluster


class SettingsFile:
    """Notices that the file at `path` changed since it was read last."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = self._state()

    def latest(self, config: Config, cluster: Cluster) -> tuple[Config, Cluster]:
        """Return the configuration with the clusters as the file has them now, and `cluster` as it is there.

        A cluster that is not as `config` has it, by a flag or by what was typed, stays as it is. Raises ConfigError.
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
