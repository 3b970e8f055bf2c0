"""What remains of a server in its job's folder after the job has ended: files that say where it was, and its token."""

from collections.abc import Iterable
from typing import NamedTuple

from jupystra_tui.apps.folder import folder_of
from jupystra_tui.apps.quoting import quoted, word


class EndedFolder(NamedTuple):
    """The folder of a job that has certainly ended."""

    tag: str
    job: str


def forget_script(ended: Iterable[EndedFolder]) -> str:
    """Return shell text that removes the servers' files and tokens of jobs that have ended; their logs stay.

    A folder that another job serves by now is left alone.
    """
    calls = "\n".join(f"forget {word(folder_of(tag))} {quoted(job)}" for tag, job in ended)
    return f"""(
forget() {{ # FOLDER, JOB
  if [ ! -d "$1" ] || [ -L "$1" ]; then return; fi
  id=''
  {{ read -r id <"$1/id"; }} 2>/dev/null
  [ -h "$1/job" ] && id=$(readlink "$1/job")
  [ "$id" = "$2" ] && rm -rf "$1/runtime" "$1/server" "$1/token"
}}
{calls}
:
)"""
