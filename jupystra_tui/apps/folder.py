"""A job's folder on the cluster, `~/.jupystra/jobs/<tag>`: its log, and when it goes."""

import secrets
import time
from collections.abc import Iterable

from jupystra_tui.apps.quoting import quoted, word
from jupystra_tui.model.names import job_tag
from jupystra_tui.text import clean, clean_lines

JOBS = "$HOME/.jupystra/jobs"
LOG = "jupyter.log"
GIVEN_UP = "given-up"
SERVER_DAYS = 365


def folder_of(tag: str) -> str:
    """Return the folder of that tag, beginning with `$HOME`; raises ValueError for a tag that is no plain word."""
    if not job_tag(tag):
        raise ValueError(f"{tag!r} is no tag")
    return f"{JOBS}/{tag}"


def folder_shown(tag: str) -> str:
    """Return the folder of that tag as users write it, beginning with `~`."""
    return folder_of(tag).replace("$HOME", "~", 1)


def new_tag() -> str:
    """Return a tag that sorts by time and that no other submission has: `20261122-140312-3f9a07c1`."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(4)}"


def absolute_folder(home: str, tag: str) -> str:
    """Return the path of the folder of that tag below the person's home on the cluster."""
    return folder_of(tag).replace("$HOME", home, 1)


def log_script(job: str, mark: str, limit: int = 65536) -> str:
    """Return shell text that prints path and last `limit` bytes of the log of a job, named by tag or id.

    Of several folders with that id (schedulers count round) the one with the newest log counts.
    """
    return f"""(
log='' job={quoted(job)}
for folder in {word(JOBS)}/*/; do
  folder=${{folder%/}} id=''
  {{ read -r id <"$folder/id"; }} 2>/dev/null
  case $job in "$id" | "${{folder##*/}}") ;; *) continue ;; esac
  [ -f "$folder/{LOG}" ] || continue
  [ -n "$log" ] && [ -z "$(find "$folder/{LOG}" -newer "$log")" ] && continue
  log=$folder/{LOG}
done
real=$log; [ -h "$log" ] && real=$(readlink "$log")
if [ -f "$log" ]; then printf '\\036%slog\\037%s\\037' {quoted(mark)} "$real" && tail -c {int(limit)} -- "$log"; fi
)"""


def parse_log(text: bytes, mark: str) -> tuple[str, str] | None:
    """Return path and clean text of what `log_script` printed, None where there is no log."""
    _, found, record = text.partition(f"\x1e{mark}log\x1f".encode())
    if not found:
        return None
    path, _, log = record.partition(b"\x1f")
    return clean(path), clean_lines(log).rstrip("\n")


def prune_script(days: int, keep: Iterable[str]) -> str:
    """Return shell text that removes folders in which nothing changed for `days` days.

    Those of the jobs in `keep` (ids in the queue now) stay. Those with a server or runtime file stay for SERVER_DAYS:
    another cluster with the same home may run the job.
    """
    return f"""(
kept={quoted(" " + "".join(f"{key} " for key in keep))}
for folder in {word(JOBS)}/*/; do
  folder=${{folder%/}} id='' days={int(days)}
  if [ ! -d "$folder" ] || [ -L "$folder" ]; then continue; fi
  {{ read -r id <"$folder/id"; }} 2>/dev/null
  case $kept in *" $id "*) continue ;; esac
  for file in "$folder/server" "$folder"/runtime/*server-*.json; do [ -e "$file" ] && days={SERVER_DAYS}; done
  [ -n "$(find "$folder" -mtime -"$days" -print | head -n 1)" ] || rm -rf "$folder"
done
)"""
