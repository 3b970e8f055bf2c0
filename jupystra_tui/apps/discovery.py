"""Discovery of running servers by the files in the jobs' folders, and of one job's while a launch is in progress."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from jupystra_tui.apps.access import JUPYTER, JUPYTER_RUNTIME, Access
from jupystra_tui.apps.folder import JOBS, LOG, folder_of
from jupystra_tui.apps.quoting import quoted, word
from jupystra_tui.apps.web_app import NAME
from jupystra_tui.model import AppServer
from jupystra_tui.model.address import base_path
from jupystra_tui.model.names import host_name, job_id, job_tag
from jupystra_tui.text import Secret, clean

FOLDERS = 400
LINES = 16


class DiscoveredServer(Struct, frozen=True):
    """A server as the files of its job report it, the token that opens it, and how it is asked and opened.

    `checksum` is that of the files, empty if it was not made. `password` and `tls` are whether the server itself asks
    for a password of the user's configuration, and speaks https only.
    """

    server: AppServer
    token: Secret
    access: Access = JUPYTER
    checksum: str = ""
    password: bool = False
    tls: bool = False

    def same(self, other: "DiscoveredServer | None") -> bool:
        """Return whether this is that server, with the same token."""
        return (
            other is not None
            and (self.server, self.access, self.password) == (other.server, other.access, other.password)
            and self.token.reveal() == other.token.reveal()
        )


class JobFolder(Struct, frozen=True):
    """What a job wrote into its folder so far; `failure` is why it cannot continue, in one line of clean text.

    `job` and `node` are empty unless they are a plain id and a plain host name. `log` is where the output goes, if not
    to the folder.
    """

    tag: str
    job: str = ""
    node: str = ""
    failure: str = ""
    log: str = ""


class _RuntimeFile(Struct, frozen=True):
    """What we read of `jpserver-*.json`; Jupyter Notebook before version 7 says `notebook_dir`, and no version."""

    port: Annotated[int, Meta(ge=1, le=65535)]
    token: Annotated[str, Meta(max_length=1024)] = ""
    base_url: str = "/"
    version: str = ""
    password: bool = False
    secure: bool = False
    root_dir: str = ""
    notebook_dir: str = ""


class _ServerFile(Struct, frozen=True):
    """What the server file of a job says: `app` and `access` are plain, the rest is checked where it is used."""

    app: str
    port: int
    path: str
    access: Access


def discovery_script(mark: str, unread: Iterable[str] = (), known: Mapping[str, str] | None = None) -> str:
    """Return shell text that prints a record for every server file; nothing where there is none.

    It looks into the FOLDERS newest folders, except those with the tags in `unread`, and reads LINES lines of a server
    file. A folder whose files still have the checksum in `known` by its tag gets a short record.
    """
    return _servers(word(JOBS) + "/*/", mark, unread, known or {})


def one_folder_script(tag: str, mark: str) -> str:
    """Return shell text that prints a record of one job's folder, and one for its server file."""
    folder = word(folder_of(tag))
    return f"""(
one={folder} job='' host='' failure='' log=''
{{ read -r job <"$one/id"; }} 2>/dev/null
[ -h "$one/job" ] && job=$(readlink "$one/job") # of several jobs of one submission the one that serves
{{ read -r host <"$one/node"; }} 2>/dev/null
{{ read -r failure <"$one/failure"; }} 2>/dev/null
[ -h "$one/{LOG}" ] && log=$(readlink "$one/{LOG}")
printf '\\036%sfolder\\037%s\\037%s\\037%s\\037%s\\037%s\\n' {quoted(mark)} {tag} "$job" "$host" "$log" "$failure"
)
{_servers(folder, mark)}"""


def parse_servers(text: bytes, mark: str) -> tuple[DiscoveredServer, ...]:
    """Return the servers found; a file that cannot be read (yet) waits for the next poll.

    So does one in a folder that does not name a node, or whose name is not a tag of ours. The path of a server whose
    base path is refused is empty.
    """
    records = text.split(f"\x1e{mark}server\x1f".encode())[1:]
    found = (_discovered(record.split(f"\x1e{mark}".encode(), 1)[0]) for record in records)
    return tuple(one for one in found if one)


def unchanged_in(text: bytes, mark: str) -> tuple[str, ...]:
    """Return the tags of the folders whose files did not change."""
    records = text.split(f"\x1e{mark}same\x1f".encode())[1:]
    return tuple(_text(record.split(b"\x1e", 1)[0]) for record in records)


def parse_folder(text: bytes, mark: str) -> JobFolder | None:
    """Return what `one_folder_script` printed of the folder itself."""
    _, found, record = text.partition(f"\x1e{mark}folder\x1f".encode())
    fields = [_text(field) for field in record.split(b"\n", 1)[0].split(b"\x1f", 4)]
    if not found or len(fields) < 5:
        return None
    tag, job, node, log, failure = fields
    if node and not host_name(node):
        failure = failure or f"The job's folder has an invalid node name: {clean(node, 80)!r}"
    return JobFolder(job_tag(tag), job_id(job), host_name(node), clean(failure), clean(log))


def _servers(
    folders: str, mark: str, unread: Iterable[str] = (), known: Mapping[str, str] | None = None
) -> str:
    """Return the loop over folders; one without a server file is of a job that an earlier version started."""
    return f"""(
unread={quoted(" " + "".join(f"{tag} " for tag in unread))}
known={quoted("".join(f" {tag}:{checksum} " for tag, checksum in (known or {}).items()))}
set -- {folders}
[ $# -gt {FOLDERS} ] && shift $(($# - {FOLDERS}))
show() {{ # FIELDS, RUNTIME FILE
  printf '\\036%sserver\\037%s:%s\\037%s\\037%s\\037%s\\037%s\\037' \\
    {quoted(mark)} "${{folder##*/}}" "$sum" "$id" "$node" "$token" "$1"
  [ ! "$2" ] || cat -- "$2"
}}
for folder do
  folder=${{folder%/}} id='' node='' token='' said='' pattern='' shown=''
  case "$unread" in *" ${{folder##*/}} "*) continue ;; esac
  if [ -f "$folder/server" ]; then
    count=0
    {{
      while [ "$count" -lt {LINES} ] && read -r line; do
        count=$((count + 1)) said="$said$line
"
        case $line in 'runtime '*) pattern=${{line#runtime }} ;; esac
      done <"$folder/server"
      read -r token <"$folder/token"
    }} 2>/dev/null
    case $pattern in *[!A-Za-z0-9._*-]*) pattern='' ;; esac
  elif [ -d "$folder/runtime" ] && [ ! -f "$folder/app" ]; then # an earlier version started it
    pattern='{JUPYTER_RUNTIME}'
  else
    continue
  fi
  {{ read -r id <"$folder/id"; }} 2>/dev/null
  [ -h "$folder/job" ] && id=$(readlink "$folder/job")
  {{ read -r node <"$folder/node"; }} 2>/dev/null
  sum=$({{
    printf '%s\\n' "$id" "$node" "$token" "$said"
    for file in "$folder/runtime/"$pattern; do cat -- "$file"; done
  }} 2>/dev/null | {{ cksum 2>/dev/null || :; }})
  sum=${{sum%% *}}
  case "$known" in *" ${{folder##*/}}:$sum "*)
    printf '\\036%ssame\\037%s' {quoted(mark)} "${{folder##*/}}"
    continue ;;
  esac
  if [ "$pattern" ]; then
    for file in "$folder/runtime/"$pattern; do
      [ -f "$file" ] && shown=yes && show "$said" "$file"
    done
  fi
  [ "$shown" ] || [ ! "$said" ] || show "$said" ''
done
)"""


def _discovered(record: bytes) -> DiscoveredServer | None:
    fields = record.split(b"\x1f", 5)
    if len(fields) < 6:
        return None
    folder, job, node, token, said = map(_text, fields[:5])
    tag, _, checksum = folder.partition(":")
    if not (job_tag(tag) and host_name(node)):
        return None
    written = _server_file(said) if said else _ServerFile("jupyterlab", 0, "/", JUPYTER)
    runtime = _runtime_file(fields[5])
    if written is None or not (runtime or written.port):
        return None
    server = AppServer(job_id(job), tag, node, written.port, base_path(written.path), app=written.app)
    if runtime is None:
        return DiscoveredServer(server, Secret(token), written.access, checksum)
    root = clean(runtime.root_dir or runtime.notebook_dir)
    server = msgspec.structs.replace(
        server, port=runtime.port, path=base_path(runtime.base_url), version=clean(runtime.version), root=root
    )
    return DiscoveredServer(
        server, Secret(runtime.token), written.access, checksum, runtime.password, runtime.secure
    )


def _server_file(text: str) -> _ServerFile | None:
    """Return what a server file says, None for one that is not whole or holds what cannot be used."""
    said: dict[str, Any] = dict(line.partition(" ")[::2] for line in text.splitlines())
    fields = {name: said[name] for name in Access.__struct_fields__ if name in said}
    port = said.get("port", "")
    access = Access(**{"title": "", **fields})
    plain = port.isascii() and port.isdecimal() and len(port) < 6 and 0 < int(port) < 65536
    if not plain or access.problem[0] or not NAME.fullmatch(said.get("app", "")):
        return None
    title = clean(access.title, 60)
    return _ServerFile(
        said["app"], int(port), said.get("path", ""), msgspec.structs.replace(access, title=title)
    )


def _runtime_file(text: bytes) -> _RuntimeFile | None:
    try:
        return msgspec.json.decode(text, type=_RuntimeFile)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _text(field: bytes) -> str:
    return field.decode("utf-8", "replace")
