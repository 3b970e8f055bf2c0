"""Room on the disks of home and /tmp, and what a quota leaves of it."""

import re

from msgspec import Struct

from jupystra_tui.model.finding import Finding, broken, fine, look
from jupystra_tui.model.units import show_memory
from jupystra_tui.worker.doctor.contexts import SiteContext

LITTLE_KIB, NO_KIB = 1024 * 1024, 10 * 1024
FEW_FILES, NO_FILES = 1000, 10
_MAKE_ROOM = (
    "Make room: look with `du -sh ~/* ~/.[!.]* | sort -h`; old conda environments and caches are big."
)


class Room(Struct, frozen=True):
    """What is left: KiB and files; None where nobody tells."""

    kib: int | None = None
    files: int | None = None


async def home_room(context: SiteContext) -> Finding:
    """Is there room at home, on the disk and in the quota?"""
    survey = await context.survey()
    disk = Room(df_left(survey.get("space", "")), df_left(survey.get("inodes", "")))
    quotas = [*quota_left(survey.get("quota", "")), *quota_left(survey.get("lustre", ""))]
    said = f"{_told(disk)} free on its disk; " + (
        f"the quota leaves {_told(min(quotas, key=_least))}" if quotas else "no quota is told"
    )
    rooms = (disk, *quotas)
    if any(_under(room, NO_KIB, NO_FILES) for room in rooms):
        return broken(said, f"Jobs cannot write their logs and tokens. {_MAKE_ROOM}")
    if any(_under(room, LITTLE_KIB, FEW_FILES) for room in rooms):
        return look(said, _MAKE_ROOM)
    return fine(said)


async def temporary_room(context: SiteContext) -> Finding:
    """Can /tmp be written, and has it room?"""
    survey = await context.survey()
    left = df_left(survey.get("tmp", ""))
    said = f"{_told(Room(left))} free"
    if survey.get("tmp_write") != "yes":
        return look("nothing can be written there", "Tell the site: many programs need it, ssh among them.")
    if left is not None and left < NO_KIB:
        return look(said, "Remove what is yours there, or tell the site.")
    return fine(said)


def df_left(said: str) -> int | None:
    """Return what `df -P` says is available, None where it counts nothing."""
    for line in said.splitlines()[1:]:
        match = re.search(r"\s(\d+)\s+(\d+|-)\s+(\d+)\s+\d+%\s", line)
        if match:
            return int(match[3]) if int(match[1]) else None
    return None


def quota_left(said: str) -> list[Room]:
    """Return what is left on each filesystem that `quota -w` or `lfs quota` lists; a limit of 0 is none."""
    rooms = []
    for words in _rows(said):
        space, soft, hard, *rest = words
        files = [word for word in rest if word.rstrip("*").isdecimal()][-3:]
        room = Room(
            _left(space, hard if int(hard) else soft),
            _left(files[0], files[2] if int(files[2]) else files[1]) if len(files) == 3 else None,
        )
        if room != Room():
            rooms.append(room)
    return rooms


def _rows(said: str) -> list[list[str]]:
    """Return the numbers after each filesystem's name; a long name may stand on a line of its own."""
    rows = re.findall(r"^\s*(?:/?\S*[^\d\s*]\S*\s+)?((?:\d+\*?\s+)(?:\d+\s+){2}.*)$", said, re.MULTILINE)
    return [row.split() for row in rows]


def _left(used: str, limit: str) -> int | None:
    return max(0, int(limit) - int(used.rstrip("*"))) if int(limit) else None


def _under(room: Room, kib: int, files: int) -> bool:
    return (room.kib is not None and room.kib < kib) or (room.files is not None and room.files < files)


def _least(room: Room) -> float:
    return float("inf") if room.kib is None else room.kib


def _told(room: Room) -> str:
    kib = show_memory(room.kib / 1024) if room.kib is not None else ""
    files = f"{room.files:,} files" if room.files is not None else ""
    return " and ".join(filter(None, (kib, files))) or "nobody says how much is"
