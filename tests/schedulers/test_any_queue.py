"""Any bytes in a queue: no job is lost, nothing but clean text comes out, and only our own errors are raised."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupystra_tui.errors import SchedulerError
from jupystra_tui.model import Job
from jupystra_tui.schedulers.lsf import SCHEDULER as LSF
from jupystra_tui.schedulers.roles import Listing
from jupystra_tui.schedulers.slurm import SCHEDULER as SLURM
from jupystra_tui.text import clean
from tests.schedulers.lsf_captures import MARK as LSF_MARK
from tests.schedulers.lsf_captures import look

MARK = "0123456789abcdef"
FEW = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x1e\x1f"), max_size=40)
ODD = st.sampled_from(
    ["", "N/A", "-", "UNLIMITED", "1-00:00:00", "9" * 400, "\x1b]0;x\x07", "10Gc", "a100:2", "٣"]
)
FORMS = st.sampled_from(["wide", "rich-json", "poor-json", "rich-delimited", "poor-delimited"])


def all_clean(listing: Listing) -> bool:
    """Return whether nothing in a listing could move the cursor or color a screen."""
    texts = [text for job in listing.jobs for text in _texts(job)] + list(listing.unread)
    return all(clean(text, 1_000_000) == text for text in texts)


def assert_clean(failed: SchedulerError) -> None:
    """Check that no line of an error could move the cursor or color a screen."""
    for line in (failed.title, failed.hint, *failed.detail.splitlines()):
        assert clean(line, 1_000_000) == line


def _texts(job: Job) -> tuple[str, ...]:
    return (
        job.id, job.key, job.name, job.word, job.queue, job.node, job.nodes, job.account, job.gpus, job.starts,
        job.submitted, job.array, job.tasks, job.reason.code, job.reason.short, job.reason.text,
    )  # fmt: skip


@FEW
@given(
    st.lists(
        st.tuples(st.integers(1, 10**12), st.lists(CELL | ODD, min_size=13, max_size=13), CELL), max_size=8
    )
)
def test_squeue_with_any_fields_loses_no_job(rows: list[tuple[int, list[str], str]]) -> None:
    records = "".join(
        f"\x1e{MARK}\x1f" + "\x1f".join([str(number), str(number), *cells, name]) + "\n"
        for number, cells, name in rows
    )
    listing = SLURM.queue.parse_list(records.encode(), MARK)
    assert len(listing.jobs) + len(listing.unread) == len(rows)
    assert all_clean(listing)


@FEW
@given(st.binary(max_size=400), st.binary(max_size=400), st.integers(0, 2))
def test_squeue_with_any_bytes_raises_nothing_of_its_own(before: bytes, after: bytes, code: int) -> None:
    begin = f"\x1e{MARK}\x1f".encode()
    for printed in (before, before + begin + after, begin + before + begin + after):
        try:
            assert all_clean(SLURM.queue.parse_list(printed, MARK, code, "x"))
        except SchedulerError as failed:
            assert_clean(failed)


@FEW
@given(FORMS, CELL | st.binary(max_size=300).map(lambda raw: raw.decode("utf-8", "replace")), CELL)
def test_bjobs_with_any_text_raises_nothing_of_its_own(form: str, listed: str, reasons: str) -> None:
    try:
        assert all_clean(LSF.queue.parse_list(look(form, listed, reasons), LSF_MARK))
    except SchedulerError as failed:
        assert_clean(failed)


NAME = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1, max_size=30)


@FEW
@given(st.lists(NAME, min_size=1, max_size=6))
def test_bjobs_json_with_any_names_loses_no_job(names: list[str]) -> None:
    records = [{"JOBID": str(at), "STAT": "RUN", "JOB_NAME": name} for at, name in enumerate(names, 1)]
    listed = json.dumps(
        {"COMMAND": "bjobs", "JOBS": len(records), "RECORDS": records}, ensure_ascii=False, indent=1
    )
    listing = LSF.queue.parse_list(look("rich-json", listed, ""), LSF_MARK)
    assert len(listing.jobs) == len(names)
    assert all_clean(listing)
