"""Shell text that takes variables from a login shell, where a user's start-up files set them."""

from collections.abc import Iterable

from jupystra_tui.apps.quoting import quoted

SECONDS = 30
_DUMP = r"""quote="'"
printf '\n%s\n' @MARK
for name in $(compgen -e); do
  [[ $name =~ @PATTERN ]] || continue
  value=${!name}
  printf "export %s='%s'\n" "$name" "${value//$quote/$quote\\$quote$quote}"
done"""
_READ = r"""
case ${SHELL:-} in (*/zsh | */fish | */ksh*) ;; (*) SHELL=bash ;; esac
jupystra_dump=@DUMP
export jupystra_dump
timeout -k 5 @SECONDS "$SHELL" -lc 'exec bash --norc -c "$jupystra_dump"' </dev/null 2>/dev/null | sed '1,/^@MARK$/d'
"""


def export_script(pattern: str, mark: str) -> str:
    """Return text of a POSIX shell that prints `export` commands for what a login shell has.

    `pattern` is a regular expression of bash for the variables' names, `mark` a nonce. It prints nothing where the
    start-up files end or replace the login shell, or take longer than SECONDS.
    """
    dump = _DUMP.replace("@MARK", mark).replace("@PATTERN", pattern)
    return _READ.replace("@SECONDS", str(SECONDS)).replace("@MARK", mark).replace("@DUMP", quoted(dump))


def take_script(pattern: str, drop: Iterable[str], mark: str) -> str:
    """Return text that sets these variables in a POSIX shell as a login shell has them, but for those in `drop`."""
    if not pattern:
        return ":"
    return f'eval "$({export_script(pattern, mark)})"\nunset {" ".join(drop)}'
