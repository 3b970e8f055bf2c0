"""The part of a job's script that gets a login shell past start-up files that end, replace or hold up the shell."""

from jupystra_tui.apps.quoting import here_document

TRIAL_SECONDS, TRACE_SECONDS = 120, 10
_LOGIN = r"""
# The rest runs in a login shell, after a trial: a start-up file may end that shell, replace it, or never end.
cat >"$jupystra_folder/script" @OPENING || stop 1 "@UNWRITABLE"
@BODY
try() { # SECONDS COMMAND...: whether a login shell gets through its start-up files
  command -v timeout >/dev/null || return 0
  rm -f "$jupystra_folder/began"
  jupystra_trial=yes timeout -k 5 "$@" "$jupystra_folder/script" </dev/null >/dev/null 2>"$jupystra_folder/trace"
  jupystra_code=$?
  [ -e "$jupystra_folder/began" ]
}
jupystra_read=all jupystra_note=''
export jupystra_folder jupystra_node jupystra_job jupystra_read jupystra_note
if try @SECONDS /bin/bash -l; then
  set -- -l
else # a trace names the line where it stays; what may be left out depends on whether it never leaves it
  case $jupystra_code in 124 | 137) jupystra_tries='system none' ;; *) jupystra_tries='careful system none' ;; esac
  (ulimit -f 20000; PS4='+jupystra ${BASH_SOURCE}:${LINENO} ' && export PS4 && try @TRACE /bin/bash -lx)
  jupystra_line=$(sed -n 's/^+*jupystra \(\/[^:]*\):\([0-9]*\) .*/line \2 of \1/p' "$jupystra_folder/trace" | tail -n 1)
  unset BASH_ENV
  set -- --noprofile -l
  for jupystra_read in $jupystra_tries; do try @SECONDS /bin/bash "$@" && break; done
  case $jupystra_read in
    careful) jupystra_note='they were read without "exec" and "exit"' ;;
    system) jupystra_note='only /etc/profile was read' ;;
    *) jupystra_note='none was read' ;;
  esac
  jupystra_line="${jupystra_line:-a line} in the start-up files"
  jupystra_note="$jupystra_line ends, replaces or holds up a login shell: $jupystra_note"
  printf 'jupystra: %s\n' "$jupystra_note" >&2
fi
rm -f "$jupystra_folder/began" "$jupystra_folder/trace"
umask "$jupystra_mask"
exec /bin/bash "$@" "$jupystra_folder/script"
"""
_HEAD = r"""case $jupystra_read in
  careful)
    exec() { [ "$BASH_SUBSHELL" -eq 0 ] || builtin exec "$@"; }
    exit() { [ "$BASH_SUBSHELL" -eq 0 ] || builtin exit "$@"; }
    logout() { :; }
    for file in ~/.bash_profile ~/.bash_login ~/.profile; do [ -r "$file" ] && break; done
    for file in /etc/profile "$file"; do [ ! -r "$file" ] || . "$file" || :; done
    unset -f exec exit logout
    ;;
  system) . /etc/profile || : ;;
esac
set +eu # whatever a profile has set
[ ! "${jupystra_trial:-}" ] || { : >|"$jupystra_folder/began"; exit; }
rm -f "$jupystra_folder/script"
export -n jupystra_folder jupystra_node jupystra_job jupystra_read jupystra_note
"""


def in_login_shell(text: str, unwritable: str) -> str:
    """Return shell text for the end of a script: bash runs `text` in a login shell.

    The variables `jupystra_folder`, `jupystra_node`, `jupystra_job` and `jupystra_mask` are set before it, and `stop`
    is defined; `unwritable` is said where nothing can be written to the folder. In `text`, `jupystra_note` says what
    was wrong with the start-up files. Reading them is tried for at most TRIAL_SECONDS each time.
    """
    opening, body = here_document(_HEAD + text)
    values = {
        "@OPENING": opening,
        "@UNWRITABLE": unwritable,
        "@SECONDS": str(TRIAL_SECONDS),
        "@TRACE": str(TRACE_SECONDS),
    }
    before, after = _LOGIN.split("@BODY")
    for name, value in values.items():
        before, after = before.replace(name, value), after.replace(name, value)
    return before + body + after
