"""Free space in the home folder and in /tmp, and the quotas."""

import re

from msgspec import Struct

from jupystra_tui.model.finding import Finding, failed, passed, warning
from jupystra_tui.model.units import show_memory
from jupystra_tui.worker.doctor.contexts import SiteContext

LITTLE_KIB, NO_KIB = 1024 * 1024, 10 * 1024
FEW_FILES, NO_FILES = 1000, 10
_FREE_SPACE = (
    "Free some space: `du -sh ~/* ~/.[!.]* | sort -h` shows the largest folders, often conda environments."
)


class Space(Struct, frozen=True):
    """Free KiB and files; None if not known."""

    kib: int | None = None
    files: int | None = None


async def home_space(context: SiteContext) -> Finding:
    """Is there free space in the home folder, on the disk and in the quota?"""
    survey = await context.survey()
    disk = Space(df_left(survey.get("space", "")), df_left(survey.get("inodes", "")))
    quotas = [*quota_left(survey.get("quota", "")), *quota_left(survey.get("lustre", ""))]
    said = f"{_describe(disk)} free on the disk; " + (
        f"the quota leaves {_describe(min(quotas, key=_amount))}" if quotas else "no quota is reported"
    )
    spaces = (disk, *quotas)
    if any(_less_than(space, NO_KIB, NO_FILES) for space in spaces):
        return failed(said, f"Jobs cannot write their logs and tokens. {_FREE_SPACE}")
    if any(_less_than(space, LITTLE_KIB, FEW_FILES) for space in spaces):
        return warning(said, _FREE_SPACE)
    return passed(said)


async def temporary_space(context: SiteContext) -> Finding:
    """Is /tmp writable, and does it have free space?"""
    survey = await context.survey()
    left = df_left(survey.get("tmp", ""))
    said = f"{_describe(Space(left))} free"
    if survey.get("tmp_write") != "yes":
        return warning("/tmp is not writable", "Tell the site: many programs need it, for example ssh.")
    if left is not None and left < NO_KIB:
        return warning(said, "Remove your files in /tmp, or tell the site.")
    return passed(said)


def df_left(output: str) -> int | None:
    """Return the free KiB or files that `df -P` reports, None if the filesystem reports no total."""
    for line in output.splitlines()[1:]:
        match = re.search(r"\s(\d+)\s+(\d+|-)\s+(\d+)\s+\d+%\s", line)
        if match:
            return int(match[3]) if int(match[1]) else None
    return None


def quota_left(output: str) -> list[Space]:
    """Return what is left on each filesystem that `quota -w` or `lfs quota` lists; a limit of 0 is none."""
    spaces = []
    for words in _rows(output):
        used, soft, hard, *rest = words
        files = [word for word in rest if word.rstrip("*").isdecimal()][-3:]
        space = Space(
            _left(used, hard if int(hard) else soft),
            _left(files[0], files[2] if int(files[2]) else files[1]) if len(files) == 3 else None,
        )
        if space != Space():
            spaces.append(space)
    return spaces


def _rows(output: str) -> list[list[str]]:
    """Return the numbers after each filesystem's name; a long name may be on its own line."""
    rows = re.findall(r"^\s*(?:/?\S*[^\d\s*]\S*\s+)?((?:\d+\*?\s+)(?:\d+\s+){2}.*)$", output, re.MULTILINE)
    return [row.split() for row in rows]


def _left(used: str, limit: str) -> int | None:
    return max(0, int(limit) - int(used.rstrip("*"))) if int(limit) else None


def _less_than(space: Space, kib: int, files: int) -> bool:
    return (space.kib is not None and space.kib < kib) or (space.files is not None and space.files < files)


def _amount(space: Space) -> float:
    return float("inf") if space.kib is None else space.kib


def _describe(space: Space) -> str:
    kib = show_memory(space.kib / 1024) if space.kib is not None else ""
    files = f"{space.files:,} files" if space.files is not None else ""
    return " and ".join(filter(None, (kib, files))) or "an unknown amount is"
