"""Finds the job of a submission whose answer was lost: its name ends with the submission's tag."""

from jupystra_tui.model import JobRequest
from jupystra_tui.schedulers.lsf.lsf_failures import explain_failure, is_nothing_there, without_chatter
from jupystra_tui.schedulers.lsf.lsf_submit import job_name
from jupystra_tui.schedulers.lsf.lsf_wide_listing import wide_rows


def lookup_script(request: JobRequest, tag: str) -> str:
    """Return bjobs for the name: a daemon that hung may have accepted a submission without an answer."""
    return f"bjobs -a -w -J {job_name(request, tag)}"


def parse_lookup(tag: str, stdout: str, stderr: str, rc: int) -> tuple[str, ...]:
    """Return the ids of that name, oldest first; raises SchedulerError if the scheduler did not answer."""
    found = {
        fields["jobid"]
        for fields, _ in wide_rows(stdout)
        if fields and fields["job_name"].endswith(f".{tag}")
    }
    printed = without_chatter(f"{stdout}\n{stderr}")
    if not found and (rc or printed.strip()) and not is_nothing_there(printed):
        raise explain_failure(rc, printed, "bjobs")
    return tuple(sorted(found, key=lambda job: int(job.partition("[")[0][:18])))
