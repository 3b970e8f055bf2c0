"""The batch script: the user reads it in the preview before it is sent."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from jupystra_tui.apps.conda import around_activation
from jupystra_tui.apps.folder import LOG
from jupystra_tui.apps.login_shell import in_login_shell
from jupystra_tui.apps.quoting import place, quoted, word
from jupystra_tui.apps.web_app import App, parts_of
from jupystra_tui.model import JobRequest
from jupystra_tui.model.cluster_path import read_path

_UNWRITABLE = (
    "nothing can be written to $jupystra_folder on $jupystra_node: is your home full, read-only or not there?"
)
_FUNCTIONS = r"""
keep() { printf '%s\n' "$2" >"$jupystra_folder/.$1" && mv -f "$jupystra_folder/.$1" "$jupystra_folder/$1"; }
stop() { printf 'jupystra: %s\n' "$2" >&2; keep failure "$2${jupystra_note:+ ($jupystra_note)}"; exit "$1"; }
"""
_BEGINNING = r"""
jupystra_folder=@FOLDER
jupystra_node=@NODE
jupystra_node=${jupystra_node%% *}
jupystra_node=${jupystra_node:-$(hostname)}
jupystra_job=@JOB
@FUNCTIONS
# A private folder says where the server is. What an earlier run left (a requeue) goes, but for the token.
jupystra_mask=$(umask)
umask 077
mkdir -p "$jupystra_folder/runtime"
ln -s "$jupystra_job" "$jupystra_folder/job" 2>/dev/null || jupystra_first=$(readlink "$jupystra_folder/job")
[ "${jupystra_first:-$jupystra_job}" = "$jupystra_job" ] || # a hung scheduler may take one submission twice
  { echo "jupystra: the scheduler took this twice; job $jupystra_first serves it" >&2; exit 0; }
[ ! -e "$jupystra_folder/given-up" ] || { echo "jupystra: this launch was given up" >&2; exit 0; }
rm -rf "$jupystra_folder"/runtime/* "$jupystra_folder/server" "$jupystra_folder/failure"
keep id "$jupystra_job" && keep node "$jupystra_node" && keep app @APP
[ -s "$jupystra_folder/token" ] || od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$jupystra_folder/token"
[ -s "$jupystra_folder/token" ] || stop 1 "@UNWRITABLE"
"""
_OUTPUT = r"""
jupystra_log=$(readlink "/proc/$$/fd/1") # the output file, whatever its pattern stands for
[ -f "$jupystra_log" ] && ln -sf "$jupystra_log" "$jupystra_folder/@LOG"
"""
_STEPS = r"""
for step in \
@STEPS
do
  eval "$step" || stop 1 "this set-up command failed on $jupystra_node: $step"
done
"""
_SEARCH = r"""
# The program: from the set-up or the job's PATH, else from an interactive shell's PATH@ELSE_FROM
have() { type -P @PROGRAM >/dev/null; }
for shell in bash "${SHELL:-bash}"; do
  have || more=$(timeout -k 5 20 "$shell" -ic env </dev/null 2>/dev/null | sed -n 's/^PATH=//p' | tail -n 1)
  have || PATH=${more:+$more:}$PATH
done
@PLACEShave || stop 127 @NAME" was not found on $jupystra_node; tried: after the set-up, on the PATH of the job, \
on the PATH of an interactive shell"@TRIED
"""
_PLACES = r"""for base in @SEARCH; do
  have || PATH=$PATH:$base
done
"""
_FREE_PORT = r"""
port=
until [ "$port" ] && ! (: <"/dev/tcp/127.0.0.1/$port"); do port=$((10000 + RANDOM % 22000)); done 2>/dev/null
"""
_FIXED_PORT = r"""
port=@PORT
if (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
  stop 1 "port $port of $jupystra_node is taken: choose another one, or 0 for any that is free"
fi
"""
_SERVE = r"""
# The server file, once the server listens. It holds no token.
announce() {
  until (: <"/dev/tcp/127.0.0.1/$port"); do kill -0 $$ && sleep 0.5 || return; done
@RUNTIME  umask 077
  keep server "app @APP
job $jupystra_job
node $jupystra_node
port $port
path @PATH
"@ACCESS
}
@ENVIRONMENT(announce &) </dev/null >/dev/null 2>&1
exec @COMMAND
"""
_RUNTIME = r"""  tries=0 # its own file may name another port
  until compgen -G "$jupystra_folder/runtime/@PATTERN" || [ $((tries += 1)) -gt 10 ]; do
    kill -0 $$ && sleep 0.5 || return
  done
"""

_LOOK = r"""
set +eu
stop() { printf '\036%sstopped\037%s\n\036%scode\037%s\n' @MARK "$2" @MARK "$1"; exit 0; }
jupystra_node=$(hostname)
"""
_FOUND = r"""
printf '\036%sfound\037%s\n\036%sversion\037' @MARK "$(type -P @PROGRAM)" @MARK
@PROGRAM --version
"""
_LINE_END = re.compile(r"\r\n?")


class JobVariables(NamedTuple):
    """Environment variables of a job that hold its node (the first word) and its id; the first that is set counts."""

    node: tuple[str, ...]
    job: tuple[str, ...]


def batch_script(
    header: tuple[str, ...],
    request: JobRequest,
    app: App,
    variables: JobVariables,
    folder: str,
    *,
    own_log: bool = True,
) -> str:
    """Return the script of a job that serves an app on its node's 127.0.0.1.

    `header` are the scheduler's directives; `folder` is the job's own, absolute or beginning with `$HOME`. Where the
    output goes elsewhere (`own_log` is False) the folder gets a link to it. The token is made there, on the node. The
    script draws a free port, and writes the server file once something listens there. The set-up is run unchanged.
    """
    beginning = {
        "FOLDER": word(folder),
        "NODE": _first_of(variables.node),
        "JOB": _first_of(variables.job),
        "APP": app.name,
        "FUNCTIONS": _FUNCTIONS,
        "UNWRITABLE": _UNWRITABLE,
    }
    in_the_login_shell = (
        _FUNCTIONS,
        _set_up(request),
        _search(app),
        _filled(_FIXED_PORT, {"PORT": str(request.port)}) if request.port else _FREE_PORT,
        _serve(app, fixed=bool(request.port)),
    )
    parts = (
        "\n".join(("#!/bin/sh", *header, "")),
        _filled(_BEGINNING, beginning),
        "" if own_log else _filled(_OUTPUT, {"LOG": LOG}),
        in_login_shell("".join(in_the_login_shell), _UNWRITABLE),
    )
    return "".join(parts)


def search_script(request: JobRequest, app: App, mark: str) -> str:
    """Return bash text that runs the set-up and looks for an app's program as the batch script does.

    Each record begins with a record separator, `mark`, its name and a unit separator: `stopped` has the reason and
    `code` the exit status (127 for a program that was not found), or `found` has the program's path and `version` what
    it prints for --version.
    """
    program = place(app.program)
    found = _filled(_FOUND, {"MARK": mark, "PROGRAM": program})
    return "".join((_filled(_LOOK, {"MARK": mark}), _set_up(request), _search(app), found))


def _filled(text: str, values: dict[str, str]) -> str:
    """Return `text` with `@NAME` replaced, in one pass: what a value holds stays."""
    return re.sub("@(" + "|".join(values) + r")\b", lambda match: values[match[1]], text)


def _first_of(names: Iterable[str]) -> str:
    """Return a shell word: the value of the first variable that is set."""
    text = ""
    for name in reversed(tuple(names)):
        text = f"${{{name}:-{text}}}" if text else f"${name}"
    return text or "''"


def _set_up(request: JobRequest) -> str:
    lines = (_LINE_END.sub("\n", line).rstrip("\n") for line in request.setup)
    steps = [line for line in lines if line.strip()]
    before, after = around_activation(steps)
    loop = _STEPS.replace("@STEPS", " \\\n".join(f"  {quoted(step)}" for step in steps))
    return (before + loop + after if steps else "") + _enter(request.folder)


def _enter(folder: str) -> str:
    if not folder:
        return ""
    unset = "".join(
        f'[ "${{{name}:-}}" ] || stop 1 "{name} is not set on $jupystra_node, for the folder "{quoted(folder)}\n'
        for name in read_path(folder).variables
    )
    why = f'"this folder cannot be entered on $jupystra_node: "{quoted(folder)}'
    return f"\n{unset}cd -- {place(folder)} || stop 1 {why}\n"


def _search(app: App) -> str:
    places = _filled(_PLACES, {"SEARCH": " ".join(map(place, app.search))}) if app.search else ""
    values = {
        "ELSE_FROM": ", else from the usual folders" if app.search else "",
        "PROGRAM": place(app.program),
        "NAME": quoted(app.program),
        "TRIED": quoted(", in " + ", ".join(app.search)) if app.search else "",
    }
    return _filled(_SEARCH.replace("@PLACES", places), values)


def _serve(app: App, *, fixed: bool) -> str:
    access = app.access
    fields = ("title", "ready", "page", "header", "query", "statistics", "runtime")
    known = "\n".join(f"{field} {getattr(access, field)}" for field in fields if getattr(access, field))
    environment = [f"export {name}={_shell_word(app, value)}\n" for name, value in app.environment.items()]
    environment += [
        f"export {name}={_shell_word(app, value)}${{{name}:+:${name}}}\n"
        for name, value in app.prepend.items()
    ]
    environment += [_written(name, text) for name, text in app.files.items()]
    if app.unset:
        environment.insert(0, f"unset {' '.join(app.unset)}\n")
    command = (*app.command[1:], *(app.fixed_port if fixed else ()))
    values = {
        "RUNTIME": _filled(_RUNTIME, {"PATTERN": access.runtime}) if access.runtime else "",
        "APP": app.name,
        "PATH": app.base_path,
        "ACCESS": quoted(known),
        "ENVIRONMENT": "".join(environment),
        "COMMAND": " ".join((place(app.program), *(_shell_word(app, text) for text in command))),
    }
    return _filled(_SERVE, values)


def _written(name: str, text: str) -> str:
    """Return shell text that writes a file into the job's folder."""
    return f'printf %s {quoted(text)} >"$jupystra_folder/{name}"\n'


def _shell_word(app: App, text: str) -> str:
    """Return one shell word for a text with placeholders."""
    values = {
        "port": '"$port"',
        "token_file": '"$jupystra_folder/token"',
        "folder": '"$PWD"',
        "base_path": quoted(app.base_path),
        "job_folder": '"$jupystra_folder"',
        "": "",
    }
    parts = parts_of(text)
    if not any(literal or name for literal, name in parts):
        return "''"
    return "".join(f"{quoted(literal) if literal else ''}{values[name]}" for literal, name in parts)
