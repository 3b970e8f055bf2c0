"""Stories of LSF's jobs: submitted, killed, over; and of what a site has."""

import pytest
from msgspec.structs import replace

from jupystra_tui.errors import ConfigError, MaybeSubmitted, SchedulerError
from jupystra_tui.model import Cluster, JobRequest, JobState
from jupystra_tui.schedulers.lsf import SCHEDULER as LSF
from jupystra_tui.schedulers.lsf import LsfSubmission
from jupystra_tui.schedulers.lsf.lsf_failures import explain_failure
from jupystra_tui.schedulers.lsf.lsf_submit import MemoryUnits, job_name
from jupystra_tui.schedulers.roles import Scheduler
from tests.schedulers.lsf_captures import said

TAG = "20261124-035902-2014"
LOG = "/home/ada/.jupystra/jobs/x/jupyter.log"


def header(request: JobRequest, lsf: Scheduler = LSF) -> str:
    return "\n".join(lsf.submission.script_header(request, LOG, TAG))


def test_the_header_contains_the_whole_request() -> None:
    text = header(
        JobRequest(queue="short", walltime=12 * 3600, memory=8192, cores=4, account="kim", gpus="a100:2")
    )
    assert f"#BSUB -J jupyter-lab.{TAG}\n" in text
    assert "#BSUB -q short\n#BSUB -W 12:00\n#BSUB -M 8388608\n#BSUB -n 4\n" in text
    assert '#BSUB -R "rusage[mem=8192] span[hosts=1]"\n' in text
    assert "#BSUB -gpu num=2:gmodel=a100\n#BSUB -P kim\n" in text
    assert "#BSUB -o /dev/null\n" in text
    assert text.endswith(f"&& exec >>{LOG} 2>&1")  # LSF's own file is not there before the end


@pytest.mark.parametrize(("seconds", "written"), [(61, "0:02"), (1800, "0:30"), (86400 * 2 + 60, "48:01")])
def test_walltimes_are_hours_and_minutes_rounded_up(seconds: int, written: str) -> None:
    assert f"#BSUB -W {written}\n" in header(JobRequest(walltime=seconds))


@pytest.mark.parametrize(
    ("memory", "limit", "reserve"),
    [
        (MemoryUnits("KB", "MB"), "1536000", "1500"), (MemoryUnits("MB", "MB"), "1500", "1500"),
        (MemoryUnits("GB", "GB"), "2", "2"),
        (MemoryUnits("MB", "MB", per_task=True), "1500", "375"),
    ],
)  # fmt: skip
def test_memory_is_written_in_the_units_of_the_site(memory: MemoryUnits, limit: str, reserve: str) -> None:
    text = header(JobRequest(memory=1500, cores=4), replace(LSF, submission=LsfSubmission(memory)))
    assert f"#BSUB -M {limit}\n" in text
    assert f"rusage[mem={reserve}]" in text
    assert f"count {memory.limit_unit}" in text


def test_special_characters_in_a_name_are_replaced_and_the_tag_is_not_shown() -> None:
    name = job_name(JobRequest(name="my [job] *%$é"), TAG)
    assert name == f"my-job.{TAG}"
    assert LSF.submission.lookup_script(JobRequest(name="my [job] *%$é"), TAG) == f"bjobs -a -w -J {name}"


def test_a_submission_is_found_by_its_tag_alone() -> None:
    head, row = (
        "JOBID USER STAT QUEUE FROM_HOST EXEC_HOST JOB_NAME SUBMIT_TIME\n",
        "lsfuser PEND normal login01 -",
    )
    listed = f"{head}12 {row} lab.{TAG} Nov 22 17:46\n9 {row} lab.{TAG} Nov 22 17:46\n7 {row} lab.{TAG}0 Nov 22 17:46\n"
    assert LSF.submission.parse_lookup(TAG, listed, "", 0) == ("9", "12")
    assert LSF.submission.parse_lookup(TAG, "", f"Job <lab.{TAG}> is not found\n", 255) == ()
    assert LSF.submission.parse_lookup(TAG, "", "No job found\n", 0) == ()
    hung = said("mbd-hung-bjobs")
    with pytest.raises(SchedulerError, match="does not answer"):
        LSF.submission.parse_lookup(TAG, "", hung.err, 124)


def test_a_line_end_in_a_value_is_refused() -> None:
    with pytest.raises(ConfigError, match="control character"):
        header(JobRequest(queue="a\nb"))
    with pytest.raises(ConfigError, match="quotation mark"):
        header(JobRequest(constraint='a"b c'))


@pytest.mark.parametrize(("name", "job"), [("bsub-longname", "10"), ("esub-noise", "100")])
def test_the_id_is_found_among_banners(name: str, job: str) -> None:
    answer = said(name)
    assert LSF.submission.parse_submit(f"*** Welcome ***\n{answer.out}", answer.err, answer.code) == job
    assert LSF.submission.parse_submit("", answer.out + answer.err, 0) == job


@pytest.mark.parametrize(
    ("name", "words", "hint"),
    [
        ("bsub-badqueue", "No such queue", "queues"), ("bsub-vip-denied", "cannot use the queue", "queues"),
        ("bsub-badW", "Bad RUNLIMIT", "less time"), ("bsub-W-overlimit", "hard limit", "less time"),
        ("bsub-badM", "MEMLIMT", "memory_unit"), ("bsub-badR", "resource requirement", "constraint"),
        ("esub-reject", "Policy: name starts with reject", "own check"),
        ("bsub-badoption", "illegal option -- Z$", "remove that option"),
        ("bsub-badn", "Bad argument for option -n\\.", "was not accepted"),
        ("bsub-dep", "2: No matching job found\\.", "was not accepted"),
        ("bsub-nocommand", "No command is specified\\.", "was not accepted"),
    ],
)  # fmt: skip
def test_a_refusal_has_the_schedulers_words_and_a_hint(name: str, words: str, hint: str) -> None:
    answer = said(name)
    with pytest.raises(SchedulerError, match=words) as caught:
        LSF.submission.parse_submit(answer.out, answer.err, answer.code)
    assert type(caught.value) is SchedulerError
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    "words", [said("mbd-hung-bjobs").err, "Communication time out. Job not submitted.\n", ""]
)
def test_a_submission_without_an_answer_may_still_be_accepted(words: str) -> None:
    with pytest.raises(MaybeSubmitted) as caught:
        LSF.submission.parse_submit("", words, 255)
    assert "may still accept the job later" in caught.value.hint


@pytest.mark.parametrize("name", ["bkill-run", "bkill-done", "bkill-unknown", "bkill-again", "unkwn-bkill"])
def test_a_kill_that_is_running_or_too_late_is_not_an_error(name: str) -> None:
    LSF.queue.parse_cancel(said(name).code, said(name).err)


def test_a_kill_of_another_users_job_is_refused() -> None:
    with pytest.raises(SchedulerError, match="permission denied"):
        LSF.queue.parse_cancel(said("bkill-other").code, said("bkill-other").err)


def test_how_jobs_ended() -> None:
    assert LSF.accounting.parse_finished(said("bhist-l").out) == {"10": (JobState.CANCELLED, "")}
    assert LSF.accounting.parse_finished(said("bhist-l-runlimit").out)["46"][0] is JobState.TIMEOUT
    assert LSF.accounting.parse_finished(said("bhist-none").out) == {}


def story(*lines: str) -> str:
    return "\nJob <5>, Job Name <lab>, User <ada>, Project <default>, Command <x>\n" + "\n".join(lines)


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        (("Sun: Done successfully. The CPU time used is 0.4 seconds;",), JobState.DONE),
        (("Sun: Signal <KILL> requested by user <ada>;", "Sun: Done successfully."), JobState.CANCELLED),
        (("Sun: Exited with exit code 3. The CPU time used is 0.0 seconds;",), JobState.FAILED),
        (("Sun: Exited with exit code 137;", "Sun: <exit>; TERM_MEMLIMIT: job killed;"), JobState.OUT_OF_MEMORY),
        (("Sun: Exited with exit code 140;", "Sun: Completed <exit>; TERM_RUNLIMIT: job killed;"), JobState.TIMEOUT),
        (("Sun: Exited by signal 9;", "Sun: Completed <exit>; TERM_OWNER: job killed by owner;"), JobState.CANCELLED),
        (("Sun: Submitted from host <l>;", "Sun: Exited;"), JobState.CANCELLED),
        (("Sun: Dispatched to <n>;", "Sun: Starting (Pid 7);", "Sun: Exited by signal 11;"), JobState.FAILED),
        (("Sun: Dispatched to <n>;", "Sun: Unknown; unable to reach the execution host;", "Sun: Running;",
          "Sun: Exited. The CPU time used is unknown;"), JobState.NODE_FAIL),
        (("Sun: Dispatched to <n>;", "Sun: Unknown; unable to reach the execution host;", "Sun: Running;",
          "Sun: Exited with exit code 3;"), JobState.FAILED),
    ],
)  # fmt: skip
def test_a_killed_job_that_is_done_counts_as_cancelled(lines: tuple[str, ...], state: JobState) -> None:
    assert LSF.accounting.parse_finished(story(*lines))["5"][0] is state


def test_a_command_that_looks_like_an_end_is_not_an_end() -> None:
    head = "\nJob <5>, User <ada>, Command <echo TERM_MEMLIMIT>\n"
    printed = f"{head}Sun: Submitted from host <l>;\nSun: Exited with exit code 1;"
    assert LSF.accounting.parse_finished(printed)["5"] == (JobState.FAILED, "exit code 1")


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (said("bjobs-V").out, "2.2"), ("IBM Spectrum LSF Standard 10.1.0.12, Jun 10 2021\n", "10.1.0.12"),
        ("Platform LSF 9.1.3.0, Jul 04 2014", "9.1.3.0"), ("openlava project 3.3.3", "3.3.3"),
        ("Platform LSF HPC 7 Update 6, Sep 04 2009", "7"),
    ],
)  # fmt: skip
def test_versions(text: str, version: str) -> None:
    assert LSF.site.parse_version(text) == version


def test_commands_without_their_configuration_are_not_lsf() -> None:
    with pytest.raises(SchedulerError):
        LSF.site.parse_version(said("noenvdir").err)


def test_what_a_site_has() -> None:
    printed = (said(name).out for name in ("bparams", "bqueues-l-short", "bhosts-w", "lshosts"))
    [short] = LSF.site.parse_partitions("\x1e\n".join(printed))
    assert (short.name, short.max_time, short.default, short.up) == ("short", 600, False, True)
    assert (short.nodes, short.idle_nodes, short.cores_per_node, short.memory_per_node) == (2, 2, 8, 24105)


@pytest.mark.parametrize(
    ("hosts", "cores"),
    [("node01", 8), ("clarinet002-064", 4), ("all", 8), ("group1/ clarinet002-064+2", 8), ("all ~node01", 4)],
)
def test_a_queue_has_the_hosts_that_it_names_or_all(hosts: str, cores: int) -> None:
    queue = said("bqueues-l-short").out.replace("HOSTS:  all", f"HOSTS:  {hosts}")
    [short] = LSF.site.parse_partitions("\x1e\n".join(("", queue, said("bhosts-w").out, said("lshosts").out)))
    assert short.cores_per_node == cores


@pytest.mark.parametrize(
    ("state", "up"),
    [("Open:Active", True), ("Open:Inact_Win", True), ("Open:Inact", False), ("Closed:Active", False)],
)
def test_a_queue_outside_its_hours_still_accepts_jobs(state: str, up: bool) -> None:
    queue = said("bqueues-l-short").out.replace("Open:Active", state)
    [short] = LSF.site.parse_partitions("\x1e\n".join(("", queue, "", "")))
    assert short.up is up


def test_gpus_are_requested_even_if_no_queue_reports_them() -> None:
    printed = (said(name).out for name in ("bparams", "bqueues-l-short", "bhosts-w", "lshosts"))
    assert (
        LSF.submission.check(
            JobRequest(queue="short", walltime=60, gpus="a100:2"),
            LSF.site.parse_partitions("\x1e\n".join(printed)),
        )
        == ()
    )


def test_a_request_is_checked_against_the_queue() -> None:
    printed = (said(name).out for name in ("bparams", "bqueues-l-short", "bhosts-w", "lshosts"))
    partitions = LSF.site.parse_partitions("\x1e\n".join(printed))
    [problem] = LSF.submission.check(JobRequest(queue="short", walltime=3600), partitions)
    assert (problem.field, "10 min" in problem.title) == ("walltime", True)
    [problem] = LSF.submission.check(JobRequest(options=("-o out",)), ())
    assert problem.field == "options"
    assert LSF.site.adapt(LSF, "", Cluster("x", "x")).name == "lsf"


@pytest.mark.parametrize(
    ("words", "title", "hint"),
    [
        ("normal: Queue has been closed. Job not submitted.", "normal: Queue has been closed", "has closed this queue"),
        ("The queue <night> is closed. Job not submitted.", "The queue <night> is closed", "has closed this queue"),
        ("lab: User group has reached its job slot limit. Job not submitted.", "lab: User group", "Your user group"),
        ("User is not a member of the user group. Job not submitted.", "User is not a member", "Your user group"),
        ("/x: Job group does not exist. Job not submitted.", "/x: Job group does not exist", "job group"),
        ("dock: Application profile does not exist. Job not submitted.", "dock: Application", "application profile"),
        ("app: Application limit reached. Job not submitted.", "app: Application limit", "application profile"),
        ("User has reached pending job limit. Job not submitted.", "User has reached pending", "as many pending jobs"),
    ],
)  # fmt: skip
def test_refusals_that_name_queue_group_or_application_have_their_own_hint(
    words: str, title: str, hint: str
) -> None:
    error = explain_failure(255, f"LSF is processing your request. Please wait ...\n{words}\n", "bsub")
    assert error.title.startswith(f"LSF refused the job: {title}")
    assert hint in error.hint


@pytest.mark.parametrize(
    "noise",
    [
        "batch system daemon not responding ... still trying",
        "esub: connection timed out while asking the licence server",
        "esub: Job <17> is submitted to queue <normal> would be wrong",
        "Job <17> is submitted to queue <normal>.",
        "LSF is processing your request. Please wait ...",
        "User <ada>: Pending job threshold reached. Retrying in 60 seconds...",
    ],
)
def test_an_esubs_refusal_is_a_refusal_whatever_else_stands_there(noise: str) -> None:
    said_by_esub = f"{noise}\nNo GPU project given.\nRequest aborted by esub. Job not submitted.\n"
    with pytest.raises(SchedulerError) as caught:
        LSF.submission.parse_submit("", said_by_esub, 255)
    assert not isinstance(caught.value, MaybeSubmitted)
    assert "No GPU project given." in caught.value.title
    assert "the site's own check" in caught.value.hint.lower()
    with pytest.raises(SchedulerError):
        LSF.submission.parse_submit(f"{noise}\n", "Request aborted by esub. Job not submitted.\n", 255)


def test_a_submission_that_lsf_is_processing_is_taken() -> None:
    said_first = "LSF is processing your request. Please wait ...\n"
    assert LSF.submission.parse_submit("Job <9> is submitted to queue <normal>.\n", said_first, 0) == "9"
    with pytest.raises(MaybeSubmitted):
        LSF.submission.parse_submit("", said_first, 124)


BHOSTS = "HOST_NAME          STATUS       JL/U    MAX  NJOBS    RUN  SSUSP  USUSP    RSV \n" + "".join(
    f"{name:18} {state:12} -      {slots}      {used}      0      0      0      0\n"
    for name, state, slots, used in (
        ("n1", "ok", 4, 0), ("n2", "ok", 8, 2), ("n3", "closed_Adm", 8, 0), ("n4", "ok", 16, 0),
        ("login01", "closed", 0, 0),
    )
)  # fmt: skip
BMGROUP = "GROUP_NAME    HOSTS\ntwins        n1 n2 \nbig          n4 \nboth         twins/ big/ \nloop         loop/ \n"


@pytest.mark.parametrize(
    ("hosts", "nodes", "cores"),
    [
        ("twins/", 2, 8),
        ("twins/ n4", 3, 16),
        ("twins+1 big/+2", 3, 16),
        ("both/", 3, 16),
        ("all ~twins/", 2, 16),
        ("n3", 1, 8),
        ("others n1", 4, 16),
        ("unheard/", 4, 16),
        ("loop/", 4, 16),
        ("login01", 0, None),
    ],
)
def test_a_queue_of_host_groups_has_their_hosts(hosts: str, nodes: int, cores: int | None) -> None:
    queue = said("bqueues-l-short").out.replace("HOSTS:  all", f"HOSTS:  {hosts}")
    [found] = LSF.site.parse_partitions("\x1e".join(("", queue, BHOSTS, "", BMGROUP)))
    assert (found.nodes, found.cores_per_node) == (nodes, cores)


def test_groups_are_asked_for_only_where_a_queue_has_some() -> None:
    script = LSF.site.partitions_script()
    assert script.index("*HOSTS:*/*") < script.index("bmgroup")


def test_a_login_learns_the_limits_of_its_queues_for_jobs_that_request_none() -> None:
    lsf = LSF.site.adapt(LSF, "\x1edialect rich-delimited\n", Cluster("x", "x"))
    lsf.site.parse_partitions("\x1e".join(("", said("bqueues-l-short").out, BHOSTS, "", "")))
    row = (
        b"7^0^RUN^{}^n1^Nov 22 17:46^default^1^120 second(s)^-^-^-^lab\n\x1e5f3a9c0d5f3a9c0d rich-delimited\n"
    )
    [job] = lsf.queue.parse_list(row.replace(b"{}", b"short"), "5f3a9c0d5f3a9c0d").jobs
    assert (job.limit, job.used, job.left) == (600, 120, 480)
    [job] = lsf.queue.parse_list(row.replace(b"{}", b"night"), "5f3a9c0d5f3a9c0d").jobs
    assert (job.limit, job.left) == (None, None)


def test_an_array_that_was_killed_as_a_whole_reads_as_killed() -> None:
    def story(key: str, end: str) -> str:
        return (
            f"\nJob <{key}>, Job Name <a[{key[3]}]>, User <ada>, Project <default>, Command <x>\n"
            "Sun Nov 22 17:46:23: Submitted from host <login01>, to Queue <normal>;\n"
            f"Sun Nov 22 17:46:25: Dispatched to <n1>;\nSun Nov 22 17:50:00: {end};\n"
        )

    told = story("15[1]", "Done successfully. The CPU time used is 0.0 seconds")
    told += story("15[2]", "Exited with exit code 130. The CPU time used is 0.0 seconds")
    lsf = LSF.site.adapt(LSF, "\x1edialect poor-json\n", Cluster("x", "x"))
    before = {key: end[0] for key, end in lsf.accounting.parse_finished(told).items()}
    assert before == {"15[1]": JobState.DONE, "15[2]": JobState.FAILED}
    lsf.queue.cancel_command(["15[2-4]"])
    assert lsf.accounting.parse_finished(told)["15[1]"] == (JobState.DONE, "")
    assert lsf.accounting.parse_finished(told)["15[2]"] == (JobState.CANCELLED, "")
    lsf.queue.cancel_command(["15"])
    assert {end[0] for end in lsf.accounting.parse_finished(told).values()} == {JobState.CANCELLED}
