"""Shell text that has `conda activate`, `mamba activate` and `micromamba activate` work in a set-up command."""

import re
from collections.abc import Iterable

_ACTIVATION = re.compile(r"\b(?:micromamba|mamba|conda)\s+(?:de)?activate\b")
_FIND = r"""
# "conda activate" needs a function of the shell: it is defined just before the first command that calls it
find_conda() { # COMMAND
  [[ $1 =~ (^|[[:space:]])(conda|mamba|micromamba)[[:space:]]+(de)?activate ]] || return 0
  local tool=${BASH_REMATCH[2]} program base
  declare -F "$tool" >/dev/null && return
  program=$(readlink -f "$(type -P "$tool" || echo "${MAMBA_EXE:-${CONDA_EXE:-}}")")
  for base in "${program%/*/*}" "${CONDA_EXE%/*/*}" "${MAMBA_ROOT_PREFIX:-}"; do load_conda "$base" && return; done
  eval "$("$program" shell.bash hook 2>/dev/null || "$program" shell hook --shell bash 2>/dev/null)"
  declare -F "$tool" >/dev/null && return
  for base in ~/miniforge3 ~/mambaforge ~/miniconda3 ~/anaconda3 /opt/conda; do load_conda "$base" && return; done
}
load_conda() { # FOLDER
  local folder=$1/etc/profile.d
  [ "$tool" = micromamba ] || [ ! -r "$folder/conda.sh" ] || . "$folder/conda.sh"
  [ "$tool" = conda ] || [ ! -r "$folder/$tool.sh" ] || . "$folder/$tool.sh"
  declare -F "$tool" >/dev/null
}
trap 'case $BASH_COMMAND in *activate*) find_conda "$BASH_COMMAND" ;; esac' DEBUG
"""
_END = "trap - DEBUG\n"


def around_activation(steps: Iterable[str]) -> tuple[str, str]:
    """Return the text before and after set-up commands; two empty texts where none activates an environment."""
    return (_FIND, _END) if any(map(_ACTIVATION.search, steps)) else ("", "")
