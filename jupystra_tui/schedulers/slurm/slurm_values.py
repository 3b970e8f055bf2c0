"""Slurm's words for states, times, sizes, GPUs and hosts."""

import re
from functools import lru_cache

from jupystra_tui.model import JobState
from jupystra_tui.model.names import host_name

STATE_WORDS = {
    JobState.PENDING: "PENDING CONFIGURING POWER_UP_NODE REQUEUED REQUEUE_FED REQUEUE_HOLD RESV_DEL_HOLD SPECIAL_EXIT",
    JobState.RUNNING: "RUNNING RESIZING SIGNALING",
    JobState.ENDING: "COMPLETING STAGE_OUT",
    JobState.SUSPENDED: "SUSPENDED STOPPED",
    JobState.DONE: "COMPLETED",
    JobState.FAILED: "FAILED LAUNCH_FAILED",
    JobState.CANCELLED: "CANCELLED REVOKED",
    JobState.PREEMPTED: "PREEMPTED",
    JobState.TIMEOUT: "TIMEOUT",
    JobState.DEADLINE: "DEADLINE",
    JobState.OUT_OF_MEMORY: "OUT_OF_MEMORY",
    JobState.NODE_FAIL: "NODE_FAIL BOOT_FAIL RECONFIG_FAIL",
}
_BY_WORD = {word: state for state, words in STATE_WORDS.items() for word in words.split()}
_TIME = re.compile(r"(?:(\d{1,6})-)?(\d{1,9})(?::(\d{1,9}))?(?::(\d{1,9}))?", re.ASCII)
_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)([KMGTP]?)[BNCnc]*", re.ASCII)
_MIB = {"K": 1 / 1024, "": 1, "M": 1, "G": 1024, "T": 1024**2, "P": 1024**3}
_GPU = re.compile(r"(?:gres[:/])?gpu(?:[:=](?P<rest>.*))?")
_COUNT = re.compile(r"(?:(?P<kind>.*?)[:=])?(?P<count>\d+)", re.ASCII)


def state_of(word: str) -> JobState:
    """Return the state for Slurm's long word; `CANCELLED by 6001` has more words; UNKNOWN for any other."""
    return _BY_WORD.get(word) or _BY_WORD.get(word.partition(" ")[0].rstrip("+"), JobState.UNKNOWN)


@lru_cache(maxsize=65536)
def seconds(text: str) -> int | None:
    """Return the seconds of `59:53`, `12:00:00` or `7-00:00:00`; None for UNLIMITED, N/A and the like."""
    match = _TIME.fullmatch(text)
    if not match:
        return None
    days, *parts = match.groups()
    fields = [int(part) for part in parts if part is not None]
    if days is not None:
        hours, minutes, rest = (*fields, 0, 0)[:3]
    elif len(fields) < 3:
        hours, minutes, rest = 0, *(*fields, 0)[:2]
    else:
        hours, minutes, rest = fields
    return int(days or 0) * 86400 + hours * 3600 + minutes * 60 + rest


@lru_cache(maxsize=4096)
def mebibytes(text: str) -> int | None:
    """Return the MiB of `1000M`, `62.50G` or a bare number of MiB; None for 0 (a whole node) and for other texts."""
    match = _SIZE.fullmatch(text)
    return (round(float(match[1]) * _MIB[match[2]]) or None) if match else None


@lru_cache(maxsize=1024)
def number(text: str) -> int | None:
    """Return a count as Slurm prints it (`16`, `16+`), None for anything else."""
    digits = text.removesuffix("+")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


@lru_cache(maxsize=1024)
def gpus(text: str) -> str:
    """Return `a100:2` for `gres:gpu:a100:2`, `gres/gpu:a100=2` or `gpu:a100:2(S:0-1)`; empty if there is no GPU.

    Other resources may begin with the same letters (`gpumem`). Where GPUs are listed with and without their type, as in
    `gres/gpu=2,gres/gpu:a100=2`, those with a type count.
    """
    parts = re.sub(r"\([^)]*\)", "", text).split(",")
    found = [_typed(match["rest"] or "1") for part in parts if (match := _GPU.fullmatch(part))]
    typed = [f"{kind}:{count}" for kind, count in found if kind]
    return ",".join(dict.fromkeys(typed or [count for _, count in found]))


def _typed(text: str) -> tuple[str, str]:
    """Return type and number of `a100:2`, `a100=2`, `2` or `a100`."""
    match = _COUNT.fullmatch(text)
    return (match["kind"] or "", match["count"]) if match else (text, "1")


@lru_cache(maxsize=4096)
def first_host(nodelist: str) -> str:
    """Return `c1` for `c1`, `c[1-2,4]` or `c1,c5`, `rack01n1` for `rack[01-03]n[1-2]`.

    Empty for `(null)` and for what is not a host name.
    """
    if nodelist.startswith("(") or nodelist in {"n/a", "None assigned"}:
        return ""
    one = re.sub(r"\[([^],\-]*)[^]]*\]?", r"\1", nodelist)
    return host_name(one.partition(",")[0].strip())
