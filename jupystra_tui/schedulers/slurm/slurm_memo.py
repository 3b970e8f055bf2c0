"""What is learned of a site's Slurm during one login."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from jupystra_tui.model import Job
from jupystra_tui.schedulers.arrays import number_of
from jupystra_tui.schedulers.slurm.slurm_clusters import OWN

_ASKED_AT_ONCE = 200
_KNOWN_AT_MOST = 100_000


class SlurmMemo:
    """Clusters whose jobs are listed, and the GPUs of jobs for which the list has none.

    `home` is the name of the login node's own cluster, empty if it is not known; `configured` are the clusters to use
    by the user's settings, as for -M. The list shows only GPUs that were requested for each node; others (`--gpus`) are
    asked for once a job, with the poll after the first that listed it.
    """

    def __init__(self, home: str = "", clusters: Sequence[str] = ()) -> None:
        self.home = home
        self.configured = ",".join(clusters)
        self.clusters: tuple[str, ...] = tuple(dict.fromkeys(map(self.short, clusters))) or (OWN,)
        self._gpus: dict[str, str] = {}
        self._unknown: list[str] = []

    def short(self, cluster: str) -> str:
        """Return the name of a cluster, empty for the login node's own."""
        return OWN if cluster == self.home else cluster

    def learn_cluster(self, cluster: str) -> None:
        """List the jobs of this cluster too, from now on."""
        if cluster not in self.clusters:
            self.clusters = (*self.clusters, cluster)

    def jobs_to_ask(self) -> tuple[str, ...]:
        """Return the numbers of jobs whose GPUs are to be asked for now: the newest, each once."""
        keys, self._unknown = self._unknown[-_ASKED_AT_ONCE:], []
        self._gpus |= dict.fromkeys(keys, "")
        return tuple(dict.fromkeys(map(number_of, keys)))

    def learn_gpus(self, gpus: Mapping[str, str]) -> None:
        """Take the GPUs of jobs, by number."""
        self._gpus |= {key: gpus[number_of(key)] for key in self._gpus if number_of(key) in gpus}

    def with_gpus(self, jobs: list[Job]) -> list[Job]:
        """Return the jobs with the GPUs that are known, and record for which they were not requested."""
        self._unknown = [
            job.key for job in jobs if not job.gpus and not job.state.finished and job.key not in self._gpus
        ]
        if len(self._gpus) > _KNOWN_AT_MOST:
            listed = {job.key for job in jobs}
            self._gpus = {key: gpus for key, gpus in self._gpus.items() if key in listed}
        known = {key: gpus for key, gpus in self._gpus.items() if gpus}
        if not known:
            return jobs
        return [replace(job, gpus=job.gpus or known.get(job.key, "")) for job in jobs]
