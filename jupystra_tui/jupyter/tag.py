"""The name of a job's folder, chosen before the scheduler gives the job an id."""

import secrets
import time


def new_tag() -> str:
    """Return a tag that sorts by time and that nobody else has: `20261122-140312-3f9a`."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"


def job_folder(home: str, tag: str) -> str:
    """Return the absolute path of a job's folder below the person's home on the cluster."""
    return f"{home}/.jupystra/jobs/{tag}"
