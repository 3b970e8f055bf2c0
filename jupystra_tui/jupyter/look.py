"""The look at the jobs' folders that finds Jupyter servers, and at one folder while a launch is under way."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from jupystra_tui.jupyter.folder import JOBS, folder_of
from jupystra_tui.jupyter.quoting import quoted, word
from jupystra_tui.model import JupyterServer
from jupystra_tui.model.address import base_path
from jupystra_tui.model.names import host_name, job_id, job_tag
from jupystra_tui.text import Secret, clean


class Found(Struct, frozen=True):
    """A server as its runtime file tells, and the token that opens it."""

    server: JupyterServer
    token: Secret

    def same(self, other: "Found | None") -> bool:
        """Return whether this is that server, with the same token."""
        return (
            other is not None and self.server == other.server and self.token.reveal() == other.token.reveal()
        )


class JobFolder(Struct, frozen=True):
    """What a job wrote into its folder so far; `failure` is why it cannot go on, in one line of clean text.

    `job` and `node` are empty unless they are a plain id and a plain host name.
    """

    tag: str
    job: str = ""
    node: str = ""
    failure: str = ""


class _RuntimeFile(Struct, frozen=True):
    """What we read of `jpserver-*.json`; Jupyter Notebook before version 7 says `notebook_dir`, and no version."""

    port: Annotated[int, Meta(ge=1, le=65535)]
    token: Annotated[str, Meta(max_length=1024)] = ""
    base_url: str = "/"
    version: str = ""
    root_dir: str = ""
    notebook_dir: str = ""


def look_script(mark: str) -> str:
    """Return shell text that prints a record for every runtime file; nothing where there is none."""
    return _servers(word(JOBS) + "/*", mark)


def look_one_script(tag: str, mark: str) -> str:
    """Return shell text that prints a record of one job's folder, and one for its runtime file."""
    folder = word(folder_of(tag))
    return f"""(
folder={folder} id='' node='' failure=''
{{ read -r id <"$folder/id"; }} 2>/dev/null
[ -h "$folder/job" ] && id=$(readlink "$folder/job") # of several jobs of one submission the one that serves
{{ read -r node <"$folder/node"; }} 2>/dev/null
{{ read -r failure <"$folder/failure"; }} 2>/dev/null
printf '\\036%sfolder\\037%s\\037%s\\037%s\\037%s\\n' {quoted(mark)} {tag} "$id" "$node" "$failure"
)
{_servers(folder, mark)}"""


def parse_look(text: bytes, mark: str) -> tuple[Found, ...]:
    """Return the servers found; a runtime file that cannot be read (yet) waits for the next look.

    So does one in a folder that does not name a node, or whose name is no tag of ours. The path of a server whose base
    path is refused is empty.
    """
    records = text.split(f"\x1e{mark}server\x1f".encode())[1:]
    found = (_found(record.split(f"\x1e{mark}".encode(), 1)[0]) for record in records)
    return tuple(one for one in found if one)


def parse_folder(text: bytes, mark: str) -> JobFolder | None:
    """Return what `look_one_script` printed of the folder itself."""
    _, found, record = text.partition(f"\x1e{mark}folder\x1f".encode())
    fields = [_text(field) for field in record.split(b"\n", 1)[0].split(b"\x1f", 3)]
    if not found or len(fields) < 4:
        return None
    tag, job, node, failure = fields
    if node and not host_name(node):
        failure = failure or f"The job's folder names a node that cannot be one: {clean(node, 80)!r}"
    return JobFolder(job_tag(tag), job_id(job), host_name(node), clean(failure))


def _servers(folders: str, mark: str) -> str:
    """Return the loop over runtime files; `nbserver-*` is what Jupyter Notebook before version 7 writes."""
    return f"""(
for file in {folders}/runtime/*server-*.json; do
  [ -f "$file" ] || continue
  folder=${{file%/runtime/*}} id='' node=''
  {{ read -r id <"$folder/id"; }} 2>/dev/null
  [ -h "$folder/job" ] && id=$(readlink "$folder/job")
  {{ read -r node <"$folder/node"; }} 2>/dev/null
  printf '\\036%sserver\\037%s\\037%s\\037%s\\037' {quoted(mark)} "${{folder##*/}}" "$id" "$node"
  cat -- "$file"
done
)"""


def _found(record: bytes) -> Found | None:
    fields = record.split(b"\x1f", 3)
    if len(fields) < 4:
        return None
    try:
        told = msgspec.json.decode(fields[3], type=_RuntimeFile)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    tag, job, node = map(_text, fields[:3])
    if not (job_tag(tag) and host_name(node)):
        return None
    root = clean(told.root_dir or told.notebook_dir)
    server = JupyterServer(
        job_id(job), tag, node, told.port, base_path(told.base_url), clean(told.version), root
    )
    return Found(server, Secret(told.token))


def _text(field: bytes) -> str:
    return field.decode("utf-8", "replace")
