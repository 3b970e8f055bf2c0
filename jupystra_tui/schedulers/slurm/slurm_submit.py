"""The batch script's header, sbatch's command line, and its output."""

import re
import shlex
from collections.abc import Callable, Iterator
from typing import Any

from jupystra_tui.errors import ConfigError, MaybeSubmitted
from jupystra_tui.model import JobRequest
from jupystra_tui.options import OPTIONS, Option
from jupystra_tui.schedulers.request_checks import CONTROL
from jupystra_tui.schedulers.roles import Argv
from jupystra_tui.schedulers.slurm.slurm_clusters import CLUSTER, OWN, chosen_clusters, with_cluster
from jupystra_tui.schedulers.slurm.slurm_failures import explain_failure
from jupystra_tui.schedulers.slurm.slurm_lookup import comment
from jupystra_tui.schedulers.slurm.slurm_memo import SlurmMemo
from jupystra_tui.text import clean, clean_lines

_ALWAYS_OURS = (
    "SBATCH_ARRAY_INX", "SBATCH_CPUS_PER_TASK", "SBATCH_ERROR", "SBATCH_INPUT", "SBATCH_JOB_NAME", "SBATCH_MEM_PER_CPU",
    "SBATCH_MEM_PER_GPU", "SBATCH_MEM_PER_NODE", "SBATCH_OPEN_MODE", "SBATCH_OUTPUT", "SBATCH_TIMELIMIT", "SBATCH_WAIT",
)  # fmt: skip
_TEXTS: dict[str, Callable[[Any], str]] = {
    "walltime": lambda seconds: _clock(seconds) if seconds > 0 else "",
    "memory": lambda mib: f"{mib}M" if mib > 0 else "",
    "gpus": lambda gpus: f"gpu:{gpus}" if gpus else "",
}
"""How a value is written for sbatch, by option; others are written unchanged."""
_UNCERTAIN = re.compile(
    r"socket timed out|zero bytes were transmitted|unexpected message received|message (?:receive|send) failure",
    re.IGNORECASE,
)
_JOB_OF_CLUSTER = """case $SLURM_CLUSTER_NAME in
  '' | {home}) jupystra_slurm_job=$SLURM_JOB_ID ;;
  *) jupystra_slurm_job="$SLURM_JOB_ID;$SLURM_CLUSTER_NAME" ;;
esac"""
"""The job's id as the list has it, where it may run on another cluster than the login node's."""
_KILLED = 124  # by timeout(1); from 129 on by a signal
_SENTENCE = re.compile(
    rf"\bSubmitted batch job:? +([1-9]\d{{0,17}})(?!\d)(?: on cluster ({CLUSTER}))?", re.ASCII | re.IGNORECASE
)
_ALONE = re.compile(rf"([1-9]\d{{0,17}})(?:;({CLUSTER}))?", re.ASCII)
_NUMBER = re.compile(r"\b\d+\b", re.ASCII)
_WITH_WORDS = re.compile(rf"{_ALONE.pattern}\b(?!\.?\d).*", re.ASCII)
_NOTICE = re.compile(r"sbatch: (?:\d+: )?(?!(?:error|fatal|debug\d?|verbose): )(.*)")


def script_header(
    request: JobRequest,
    log: str,
    tag: str,
    options: tuple[Option, ...] = OPTIONS,
    memo: SlurmMemo | None = None,
) -> tuple[str, ...]:
    """Return the #SBATCH lines; empty texts and zeros leave the value to the site.

    `log` is an absolute path, or begins with `$HOME`: then only the command line can contain it. Raises ConfigError for
    text that would break out of its line.
    """
    wanted = [
        *((option.native["slurm"], _text(option, request)) for option in _native(options)),
        ("--output", "" if log.startswith("$") else log),
        ("--open-mode", "append"),
    ]
    lines = [f"#SBATCH {option}={_quoted(value)}" for option, value in wanted if value]
    lines += [f"#SBATCH {option}" for option in request.options]
    for line in lines:
        if CONTROL.search(line):
            raise ConfigError(f"{line!r} contains a line end or a control character", "Remove it.")
    if memo and (chosen_clusters(request.options) or memo.clusters != (OWN,)):
        lines.append(_JOB_OF_CLUSTER.format(home=shlex.quote(memo.home)))
    return tuple(lines)


def submit_command(
    request: JobRequest,
    log: str,
    tag: str,
    options: tuple[Option, ...] = OPTIONS,
    memo: SlurmMemo | None = None,
) -> Argv:
    """Return sbatch for a script on its standard input, and unset the user's SBATCH_ variables that would overrule it.

    The job's comment ends with a mark of this submission, which `lookup_script` finds.
    """
    given = (_variable(option) for option in _native(options) if _text(option, request))
    unset = (word for name in dict.fromkeys((*_ALWAYS_OURS, *given)) for word in ("-u", name))
    own = f"--comment={comment(request, tag)}"
    own_clusters = memo.configured if memo and not chosen_clusters(request.options) else ""
    clusters = (f"--clusters={own_clusters}",) if own_clusters else ()
    return "env", *unset, "sbatch", "--parsable", *clusters, f"--output={log}", "--open-mode=append", own


def _native(options: tuple[Option, ...]) -> Iterator[Option]:
    return (option for option in options if "slurm" in option.native)


def _text(option: Option, request: JobRequest) -> str:
    return _TEXTS.get(option.name, str)(getattr(request, option.name))


def _variable(option: Option) -> str:
    """Return the environment variable that is equivalent to an option of sbatch."""
    return "SBATCH_" + option.native["slurm"].strip("-").replace("-", "_").upper()


def parse_submit(stdout: str, stderr: str, rc: int, memo: SlurmMemo | None = None) -> str:
    """Return the job's id (`4711`, or `4711;cm2` for another cluster), whatever a wrapper of sbatch prints around it.

    Raises SchedulerError for a refusal, MaybeSubmitted if the job may have been accepted, and where
    several numbers can be its id.
    """
    if rc:
        said = stderr if stderr.strip() else stdout
        error = explain_failure(rc, said, "sbatch")
        if (rc >= _KILLED and rc not in (127, 255)) or _UNCERTAIN.search(said):
            raise MaybeSubmitted(error.title, error.hint, error.detail)
        raise error
    memo = memo or SlurmMemo()
    found = _ids(stdout, memo)
    if len(found) == 1:
        memo.learn_cluster(found[0].partition(";")[2])
        return found[0]
    raise MaybeSubmitted(
        "sbatch printed several numbers that can be the job's id"
        if found
        else "sbatch did not print a job id",
        "Check the queue before you start it again.",
        clean_lines(f"{stdout}\n{stderr}").strip(),
    )


def _ids(stdout: str, memo: SlurmMemo) -> list[str]:
    """Return what can be the job's id: in sbatch's sentence, else alone in a line, else before other words.

    Before other words, every number in the output can be the id.
    """
    text = clean_lines(stdout)
    lines = [line.strip() for line in text.splitlines()]
    numbers = list(dict.fromkeys(_NUMBER.findall(text)))
    if len(numbers) > 1 and not any(_SENTENCE.search(line) or _ALONE.fullmatch(line) for line in lines):
        return numbers
    for found in (
        map(_SENTENCE.search, lines),
        map(_ALONE.fullmatch, lines),
        map(_WITH_WORDS.fullmatch, lines),
    ):
        matches = [match for match in found if match]
        ids = list(dict.fromkeys(with_cluster(match[1], memo.short(match[2] or "")) for match in matches))
        if ids:
            return ids
    return []


def parse_notice(stderr: str) -> str:
    """Return what the site's submission plugin says about a job that was accepted, empty if it says nothing."""
    lines = (_NOTICE.fullmatch(line) for line in clean_lines(stderr).splitlines())
    return clean(" ".join(match[1].strip() for match in lines if match), 300)


def id_program() -> str:
    """Return sed's program for `4711`, `4711;cluster` and `Submitted batch job 4711`, in color too."""
    plain = r"s/[[:cntrl:]]\[[0-9;]*[A-Za-z]//g;s/[[:cntrl:]]//g"
    return plain + (
        r";s/^\([1-9][0-9]*\)\(;[A-Za-z0-9][A-Za-z0-9_.-]*\)*$/\1\2/p"
        r";s/^Submitted batch job \([0-9][0-9]*\) on cluster \([A-Za-z0-9][A-Za-z0-9_.-]*\).*/\1;\2/p"
        r";s/^Submitted batch job \([0-9][0-9]*\).*/\1/p"
    )


def _clock(seconds: int) -> str:
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    return (f"{days}-" if days else "") + f"{hour:02}:{minute:02}:{second:02}"


def _quoted(value: str) -> str:
    """Quote for an #SBATCH line, where a backslash is special even between single quotes."""
    return shlex.quote(value).replace("\\", "\\\\")
