"""The batch script: a person reads it in the preview before it is sent."""

import re

from jupystra_tui.jupyter.folder import LOG
from jupystra_tui.jupyter.quoting import place, quoted, word
from jupystra_tui.model import JobRequest, ServerKind

_PROGRAMS = {ServerKind.LAB: "jupyter-lab", ServerKind.NOTEBOOK: "jupyter-notebook"}
_CONDA_STEP = re.compile(r"\s*conda\s+activate\b")

_BEGINNING = r"""
set +eu # whatever a profile has set
jupystra_folder=@FOLDER
jupystra_node=${SLURMD_NODENAME:-${LSB_MCPU_HOSTS%% *}}
jupystra_node=${jupystra_node:-$(hostname)}
jupystra_job=${SLURM_JOB_ID:-$LSB_JOBID}
keep() { printf '%s\n' "$2" >"$jupystra_folder/.$1" && mv -f "$jupystra_folder/.$1" "$jupystra_folder/$1"; }
stop() { printf 'jupystra: %s\n' "$2" >&2; keep failure "$2"; exit "$1"; }

# A private folder tells the laptop where the server is. What an earlier run left (a requeue) goes, but for the token.
jupystra_mask=$(umask)
umask 077
mkdir -p "$jupystra_folder/runtime"
ln -s "$jupystra_job" "$jupystra_folder/job" 2>/dev/null || jupystra_first=$(readlink "$jupystra_folder/job")
[ "${jupystra_first:-$jupystra_job}" = "$jupystra_job" ] || # a hung scheduler may take one submission twice
  { echo "jupystra: the scheduler took this twice; job $jupystra_first serves it" >&2; exit 0; }
rm -rf "$jupystra_folder"/runtime/* "$jupystra_folder/failure"
keep id "$jupystra_job" && keep node "$jupystra_node"
[ -s "$jupystra_folder/token" ] || od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$jupystra_folder/token"
[ -s "$jupystra_folder/token" ] || stop 1 "nothing can be written to $jupystra_folder: is your home full?"
umask "$jupystra_mask"
@LINKunset XDG_RUNTIME_DIR JUPYTER_TOKEN
export JUPYTER_RUNTIME_DIR="$jupystra_folder/runtime" JUPYTER_TOKEN_FILE="$jupystra_folder/token"
"""
_CONDA = r"""
# "conda activate" is a function of the shell, which conda.sh brings
find_conda() {
  declare -F conda >/dev/null && return
  for base in "$(conda info --base 2>/dev/null)" ~/miniforge3 ~/mambaforge ~/miniconda3 ~/anaconda3 /opt/conda; do
    [ -r "$base/etc/profile.d/conda.sh" ] && . "$base/etc/profile.d/conda.sh" && return
  done
}
"""
_STEPS = r"""
for step in \
@STEPS
do
@CONDA  eval "$step" || stop 1 "this set-up command failed on $jupystra_node: $step"
done
"""
_SEARCH = r"""
# Jupyter: from the set-up or the job's PATH, else from an interactive shell's PATH, else from the usual places
have() { type -P @PROGRAM >/dev/null; }
for shell in bash "${SHELL:-bash}"; do
  have || more=$(timeout -k 5 20 "$shell" -ic env </dev/null 2>/dev/null | sed -n 's/^PATH=//p' | tail -n 1)
  have || PATH=${more:+$more:}$PATH
done
for base in ~/.local ~/miniforge3 ~/mambaforge ~/miniconda3 ~/anaconda3 /opt/conda; do
  have || PATH=$PATH:$base/bin
done
have || stop 127 "jupyter was not found on $jupystra_node; tried: @PROGRAM after the set-up, on the PATH of the job, \
on the PATH of an interactive shell, in ~/.local/bin and in conda's usual homes"
"""
_FREE_PORT = r"""
port=
until [ "$port" ] && ! (: <"/dev/tcp/127.0.0.1/$port"); do port=$((10000 + RANDOM % 22000)); done 2>/dev/null
exec @PROGRAM --no-browser --ip=127.0.0.1 --port="$port" --certfile= --keyfile=
"""
_FIXED_PORT = r"""
if (: <"/dev/tcp/127.0.0.1/@PORT") 2>/dev/null; then
  stop 1 "port @PORT of $jupystra_node is taken: choose another one, or 0 for any that is free"
fi
exec @PROGRAM --no-browser --ip=127.0.0.1 --port=@PORT --ServerApp.port_retries=0 --certfile= --keyfile=
"""

_LOOK = r"""
set +eu
stop() { printf '\036%sstopped\037%s\n\036%scode\037%s\n' @MARK "$2" @MARK "$1"; exit 0; }
jupystra_node=$(hostname)
"""
_TOLD = r"""
printf '\036%sfound\037%s\n\036%sversion\037' @MARK "$(type -P @PROGRAM)" @MARK
@PROGRAM --version
"""


def batch_script(header: tuple[str, ...], request: JobRequest, folder: str, log: str = "") -> str:
    """Return the script of a job that serves Jupyter on its node's 127.0.0.1.

    `header` are the scheduler's directives; `folder` is the job's own, absolute or beginning with `$HOME`, and `log`
    where its output goes if not there: the folder gets a link to it. The token
    is made there, on the node. The runtime file tells the port; a free one is drawn by the script, because Jupyter
    servers before 2.20 write 0 into that file when told `--port=0`. The set-up is run as it stands.
    """
    port = _FIXED_PORT if request.port else _FREE_PORT
    program = _PROGRAMS[request.server]
    parts = (
        "\n".join(("#!/bin/bash -l", *header, "")),
        _BEGINNING.replace("@FOLDER", word(folder)).replace("@LINK", _link(log, folder)),
        _set_up(request),
        _SEARCH.replace("@PROGRAM", program),
        port.replace("@PROGRAM", program).replace("@PORT", str(request.port)),
    )
    return "".join(parts)


def program_of(request: JobRequest) -> str:
    """Return the program that serves."""
    return _PROGRAMS[request.server]


def search_script(request: JobRequest, mark: str) -> str:
    """Return bash text that runs the set-up and looks for Jupyter as the batch script does, and tells what it finds.

    Each record begins with a record separator, `mark`, its name and a unit separator: `stopped` has the reason
    and `code` the exit status, 127 for a program that was not found, or
    `found` the program's path and `version` what it says of itself.
    """
    program = program_of(request)
    search = _set_up(request) + _SEARCH.replace("@PROGRAM", program)
    told = _TOLD.replace("@PROGRAM", program)
    return "".join((_LOOK.replace("@MARK", mark), search, told.replace("@MARK", mark)))


def _link(log: str, folder: str) -> str:
    if not log or log == f"{folder}/{LOG}":
        return ""
    return f'ln -sf {word(log)} "$jupystra_folder/{LOG}" # the output is here\n'


def _set_up(request: JobRequest) -> str:
    steps = [line for line in request.setup if line.strip()]
    conda = any(_CONDA_STEP.match(step) for step in steps)
    loop = _STEPS.replace(
        "@CONDA", '  case $step in *"conda activate"*) find_conda ;; esac\n' if conda else ""
    ).replace("@STEPS", " \\\n".join(f"  {quoted(step)}" for step in steps))
    return (_CONDA if conda else "") + (loop if steps else "") + _enter(request.folder)


def _enter(folder: str) -> str:
    if not folder:
        return ""
    why = f'"this folder cannot be entered on $jupystra_node: "{quoted(folder)}'
    return f"\ncd -- {place(folder)} || stop 1 {why}\n"
