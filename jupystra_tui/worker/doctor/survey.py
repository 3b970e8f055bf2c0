"""Shell text that prints many facts of the login node, each after a mark."""

_SURVEY = r"""
part() { printf '\036%s%s\037' @MARK "$1"; }
within() { if command -v timeout >/dev/null 2>&1; then timeout -k 1 "$@"; else shift; "$@"; fi; }

part shell; printf '%s' "$SHELL"
part connection; printf '%s' "$SSH_CONNECTION"
part ssh; command -v ssh && ssh -V 2>&1
part home; printf '%s' "$HOME"
part folder
(
  umask 077
  folder=$(mktemp -d "$HOME/.jupystra-doctor-XXXXXX" 2>&1) || { printf 'failed\n%s' "$folder"; exit; }
  trap 'rm -rf "$folder"' EXIT
  ls -ld "$folder" && (echo written >"$folder/file") 2>&1 && cat "$folder/file"
)
part space; within 5 df -Pk "$HOME" 2>&1
part inodes; within 5 df -Pi "$HOME" 2>/dev/null
part tmp; within 5 df -Pk /tmp 2>&1
part tmp_write; (file=$(mktemp /tmp/jupystra-doctor-XXXXXX) && rm -f "$file" && echo yes) 2>/dev/null
part quota; command -v quota >/dev/null 2>&1 && within 8 quota -w 2>/dev/null
part lustre; command -v lfs >/dev/null 2>&1 && within 8 lfs quota -q -u "$(id -un)" "$HOME" 2>/dev/null
part module
within 10 bash -lc 'type -t module >/dev/null && { printf "\036%s%s\037" @MARK module; module --version 2>&1; }'
part end
"""
_OTHER_PLACES = r"""
part() { printf '\036%s%s\037' @MARK "$1"; }
part python; for python in python3 python; do "$python" -m jupyterlab --version && break; done
part conda
{
  cat ~/.conda/environments.txt
  for base in "$(conda info --base)" ~/miniforge3 ~/mambaforge ~/miniconda3 ~/anaconda3 /opt/conda; do
    printf '%s\n' "$base" "$base"/envs/*
  done
} | while read -r place; do [ -x "$place/bin/@PROGRAM" ] && printf '%s\n' "$place"; done | sort -u | head -n 5
part modules; type -t module >/dev/null && module -t avail jupyter 2>&1 | head -n 200
part end
"""


def survey_script(mark: str) -> str:
    """Return shell text that surveys the login node and removes its temporary files."""
    return _SURVEY.replace("@MARK", mark)


def other_places_script(mark: str, program: str) -> str:
    """Return bash text for a login shell that searches for Jupyter in places where a job does not."""
    return f"exec 2>/dev/null\n{_OTHER_PLACES}".replace("@MARK", mark).replace("@PROGRAM", program)


def read_sections(said: str, mark: str) -> dict[str, str]:
    """Return the text after each mark; the last one of a name counts."""
    sections = {}
    for part in said.split(f"\x1e{mark}")[1:]:
        name, _, content = part.partition("\x1f")
        sections[name] = content.strip("\n")
    return sections
