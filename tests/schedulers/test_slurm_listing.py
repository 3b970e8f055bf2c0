"""The queue as squeue prints it."""

import gc
import shlex
import time

import pytest

from jupystra_tui.errors import SchedulerError
from jupystra_tui.model import Job, JobState
from jupystra_tui.schedulers.slurm import SCHEDULER as slurm
from tests.schedulers.captures import FOLDER, MARK, failures


@pytest.fixture(scope="module")
def jobs() -> dict[str, Job]:
    listing = slurm.queue.parse_list((FOLDER / "list.txt").read_bytes(), MARK)
    assert listing.unread == ()
    return {job.id: job for job in listing.jobs}


def record(job: str = "7", name: str = "lab", **changed: str) -> str:
    fields = {
        "i": job, "A": job, "T": "RUNNING", "r": "None", "P": "short", "S": "2026-11-22T18:01:47", "L": "9:57",
        "l": "10:00", "M": "0:03", "C": "2", "m": "2G", "N": "c1", "a": "physics", "b": "N/A", "V": "N/A",
    }  # fmt: skip
    return f"\x1e{MARK}\x1f" + "\x1f".join([*(fields | changed).values(), name]) + "\n"


def test_the_command_prints_one_marked_record_per_job_with_the_name_last() -> None:
    argv = shlex.split(slurm.queue.list_script("alice", MARK))
    assert argv[2:9] == ["squeue", "-a", "-h", "-t", "all", "-u", "alice"]
    assert argv[-1].startswith(f"\x1e{MARK}\x1f%i\x1f%A\x1f%T\x1f")
    assert argv[-1].endswith("\x1f%j")


def test_all_fields_of_a_running_job_are_parsed(jobs: dict[str, Job]) -> None:
    assert jobs["53"] == Job(
        id="53", key="53", name="gpu", state=JobState.RUNNING, word="RUNNING", queue="gpu", node="c2", nodes="c2",
        left=597, limit=600, used=3, cores=1, memory=1000, gpus="a100:2", account="physics",
        starts="2026-11-22T20:23:31", submitted="2026-11-22T20:23:31",
    )  # fmt: skip


def test_a_pending_job_has_a_reason_and_neither_node_nor_time_left(jobs: dict[str, Job]) -> None:
    toolong = jobs["59"]
    assert (toolong.state, toolong.reason.code) == (JobState.PENDING, "PartitionTimeLimit")
    assert (toolong.node, toolong.nodes, toolong.left, toolong.starts) == ("", "", None, "")
    assert toolong.limit == 13 * 3600
    assert jobs["69"].starts == "2026-11-22T20:28:31"


@pytest.mark.parametrize(
    ("word", "code", "short"),
    [
        ("CONFIGURING", "None", "node is starting"),
        ("PENDING", "None", "just submitted"),
        ("PREEMPTED", "None", "preempted"),
        ("DEADLINE", "DeadLine", "deadline missed"),
        ("FAILED", "RaisedSignal:9(Killed)", "killed (signal 9)"),
        ("FAILED", "RaisedSignal:53(Real-time_signal_19)", "no log or folder"),
        ("FAILED", "NonZeroExitCode", "exit code"),
        ("FAILED", "said by a plugin", "said by a plugin"),
        ("CANCELLED", "Priority", ""),
        ("CANCELLED", "QOSMaxCpuPerUserLimit", ""),
        ("CANCELLED", "JobHeldUser", ""),
        ("FAILED", "BadConstraints", "impossible"),
        ("CANCELLED", "BadConstraints", ""),
        ("TIMEOUT", "TimeLimit", "walltime reached"),
        ("RUNNING", "None", ""),
    ],
)
def test_the_reason_fits_the_state(word: str, code: str, short: str) -> None:
    [job] = slurm.queue.parse_list(record(T=word, r=code).encode(), MARK).jobs
    assert job.reason.short == short


@pytest.mark.parametrize("others", ["PENDING", "RUNNING", "COMPLETED"])
def test_a_users_limit_that_no_other_job_uses_is_exceeded_by_the_job_alone(others: str) -> None:
    pending = record("1", T="PENDING", r="QOSMaxCpuPerUserLimit") + record(
        "2", T="PENDING", r="QOSGrpCpuLimit"
    )
    jobs = slurm.queue.parse_list((pending + record("3", T=others, r="Priority")).encode(), MARK).jobs
    assert jobs[0].reason.never_starts is (others == "PENDING")
    assert not jobs[1].reason.never_starts
    [chosen] = slurm.queue.parse_list(record("1", T="RUNNING").encode(), MARK).jobs
    assert not chosen.reason.never_starts


def test_finished_jobs_keep_their_end(jobs: dict[str, Job]) -> None:
    assert (jobs["66"].state, jobs["65"].state) == (JobState.DONE, JobState.FAILED)
    assert jobs["65"].reason.code == "NonZeroExitCode"


def test_several_nodes_name_the_first(jobs: dict[str, Job]) -> None:
    assert (jobs["67"].node, jobs["67"].nodes) == ("c1", "c[1-2]")


def test_special_characters_in_a_name_cannot_add_a_field(jobs: dict[str, Job]) -> None:
    assert jobs["54"].name == "with space | pipe"
    assert jobs["55"].name == "new·line·tab"
    assert jobs["56"].name == "esc"
    assert jobs["57"].name == "x··guess·1·1·RUNNING·"
    assert jobs["58"].name == "ünïcødé-日本-😀"


def test_pending_tasks_of_an_array_share_a_row_and_each_running_task_has_its_own(
    jobs: dict[str, Job],
) -> None:
    waiting = jobs["63_[2,4,6,8%1]"]
    assert (waiting.key, waiting.array, waiting.tasks) == ("63_[waiting]", "63", "2,4,6,8")
    assert (jobs["63_0"].key, jobs["63_0"].array, jobs["63_0"].tasks) == ("71", "63", "0")
    assert waiting.killable


@pytest.mark.parametrize(
    ("shown", "key", "tasks"),
    [
        ("84_[1-3]", "84_[waiting]", "1-3"),
        ("45_[2-5%2]", "45_[waiting]", "2-5"),
        ("27_[1-9:4%2]", "27_[waiting]", "1,5,9"),
        ("27_[0,2-8:2]", "27_[waiting]", "0,2,4,6,8"),
        ("84_3", "30", "3"),
        ("12+1", "30", ""),
        ("30", "30", ""),
    ],
)
def test_what_identifies_a_row(shown: str, key: str, tasks: str) -> None:
    [job] = slurm.queue.parse_list(record(shown, A="30").encode(), MARK).jobs
    assert (job.key, job.tasks) == (key, tasks)


@pytest.mark.parametrize("shown", ["30_[1,3,5,...", "27_[1-9:0]", "27_[0-99999999]"])
def test_pending_tasks_in_an_abbreviated_list_cannot_be_killed(shown: str) -> None:
    [job] = slurm.queue.parse_list(record(shown, A="30", T="PENDING").encode(), MARK).jobs
    assert job.key in ("30_[waiting]", "27_[waiting]")
    assert not job.killable


@pytest.mark.parametrize("shown", ["$(id)", "7;id", "7_x", "7 8", "--help", "٣"])
def test_a_record_without_a_valid_id_is_not_a_job(shown: str) -> None:
    listing = slurm.queue.parse_list(record(shown, A="7").encode(), MARK)
    assert listing.jobs == ()
    assert len(listing.unread) == 1


def test_jobs_that_are_gone_give_an_empty_list() -> None:
    assert (
        slurm.queue.parse_list(b"", MARK, 1, "slurm_load_jobs error: Invalid job id specified\n").jobs == ()
    )


def test_a_forged_record_in_a_name_stays_part_of_the_name() -> None:
    forged = record("8", name="lab\n\x1e0000\x1f9\x1f9\x1fRUNNING" + "\x1f" * 13 + "boo")
    [job] = slurm.queue.parse_list(forged.encode(), MARK).jobs
    assert job.id == "8"


@pytest.mark.parametrize("name", ["", " ", "\n", "\n\n", "a\r\nb", "[/abc]", "\ud800", "x" * 100_000])
def test_unusual_names_are_parsed(name: str) -> None:
    text = (record("1", name) + record("2")).encode("utf-8", "surrogatepass")
    listing = slurm.queue.parse_list(text, MARK)
    assert [job.id for job in listing.jobs] == ["1", "2"]
    assert listing.jobs[0].name.isprintable()
    assert len(listing.jobs[0].name) <= 4096


def test_a_bad_record_is_shown_not_dropped() -> None:
    text = record("1") + f"\x1e{MARK}\x1f9\x1fsquee\x1b[31mze\n" + record("2") + record("x", A="?")
    listing = slurm.queue.parse_list(text.encode(), MARK)
    assert [job.id for job in listing.jobs] == ["1", "2"]
    assert listing.unread[0] == "9 squeeze"
    assert listing.unread[1].startswith("x ? RUNNING")


def test_unknown_words_give_empty_fields() -> None:
    unlimited = record(
        T="DREAMING", L="UNLIMITED", l="UNLIMITED", M="INVALID", C="?", m="0", N="(null)", b="craynetwork:1"
    )
    [job] = slurm.queue.parse_list(unlimited.encode(), MARK).jobs
    assert (job.state, job.word) == (JobState.UNKNOWN, "DREAMING")
    assert (job.left, job.limit, job.used, job.cores, job.memory, job.node, job.gpus) == (None,) * 5 + (
        "",
        "",
    )


def test_invalid_utf8_does_not_stop_the_poll() -> None:
    [job] = slurm.queue.parse_list(record(name="caf").encode()[:-1] + b"\xe9\n", MARK).jobs
    assert job.name == "caf\ufffd"


def test_an_empty_queue_is_not_an_error() -> None:
    assert slurm.queue.parse_list(b"", MARK) == slurm.queue.parse_list(b"\n", MARK)
    assert slurm.queue.parse_list(b"", MARK).jobs == ()


def test_an_error_message_becomes_an_error_in_plain_words() -> None:
    said = failures("controller-down")[0][1]
    with pytest.raises(SchedulerError, match="slurmctld is down") as caught:
        slurm.queue.parse_list(said.encode(), MARK)
    assert "connect failure" in caught.value.detail


@pytest.mark.parametrize("note", ["Maintenance on Monday\n", "\x1b[33mNote:\x1b[0m no jobs of yours\n"])
def test_a_note_of_a_wrapper_without_jobs_is_no_failure(note: str) -> None:
    listing = slurm.queue.parse_list(note.encode(), MARK, 0, "")
    assert listing.jobs == ()
    assert "\x1b" not in listing.unread[0]
    with pytest.raises(SchedulerError):
        slurm.queue.parse_list(note.encode(), MARK, 1, "")


def test_text_before_the_records_is_kept() -> None:
    listing = slurm.queue.parse_list(f"squeue: warning: slow\n{record()}".encode(), MARK)
    assert listing.unread == ("squeue: warning: slow",)
    assert len(listing.jobs) == 1


def test_records_of_the_runtime_files_may_follow() -> None:
    [job] = slurm.queue.parse_list(f"{record()}\x1e{MARK}server\x1ft\x1f7\x1fc1\x1f{{}}".encode(), MARK).jobs
    assert job.name == "lab"


def test_a_hundred_thousand_jobs_are_parsed_in_a_second() -> None:
    text = "".join(record(str(number), f"lab-{number} 日本") for number in range(100_000)).encode()
    gc.collect()
    spent = []
    for _ in range(2):
        began = time.process_time()
        assert len(slurm.queue.parse_list(text, MARK).jobs) == 100_000
        spent.append(time.process_time() - began)
    assert min(spent) < 2.0  # 0.9 s where it was written; slower machines are allowed for
