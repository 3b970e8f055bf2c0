"""Submitting a job exactly once, however often the connection breaks."""

import re
from enum import Enum

from msgspec import Struct

from jupystra_tui.apps.folder import GIVEN_UP, LOG, folder_of
from jupystra_tui.apps.quoting import here_document, quoted, word

WAIT_SECONDS = 15
_PLACE = re.compile(r"@([A-Z]+)")
_SCRIPT = r"""(
trap '' HUP # a lost connection stops nothing
folder=@FOLDER log=@OUTPUT kept=yes
report() { printf '\036%s%s\037%s\037%s\037%s' @MARK "$1" "$2" "$kept" "$3"; exit 0; }
keep() { printf '%s\n' "$2" >"$folder/.$1" && mv -f "$folder/.$1" "$folder/$1"; }
done_before() { [ -s "$folder/id" ] || [ -s "$folder/code" ]; }
repeat() {
  [ -s "$folder/id" ] && report known 0 "$(cat "$folder/id")"
  [ -s "$folder/refusal" ] && cat "$folder/refusal" >&2
  report answered "$(cat "$folder/code")" "$(cat "$folder/answer")"
}
make_folder() (
  umask 077
  LC_ALL=C
  export LC_ALL
  mkdir -p "$folder" && printf '%16384s\n' '' | cat >"$folder/.room" && rm -f "$folder/.room" && true >>"$folder/@LOG"
)
report_unwritable() { # and the innermost folder that is there, or what is there in its place
  place=$folder
  until [ -e "$place" ] || [ -h "$place" ] || [ "$place" = "$HOME" ] || [ ! "$place" ]; do place=${place%/*}; done
  report unwritable 0 "$([ -d "$place" ] || echo no-)folder $place"
}
check_output() {
  parent=${log%/*}
  [ -d "${parent:=/}" ] || report no-folder 0 "$parent"
  [ -d "$log" ] && report is-folder 0 "$log"
  if [ -f "$log" ]; then { true >>"$log"; } 2>/dev/null
  elif [ -e "$log" ]; then [ -w "$log" ]
  else { true >>"$log"; } 2>/dev/null && rm -f "$log"; fi || report not-writable 0 "$log"
}
submit() {
@VARIABLES
@COMMAND @OPENING &
@BODY
  submitting=$!
  (while kill -0 "$submitting"; do
    [ ! -e "$folder/@GIVENUP" ] || kill "$submitting"
    sleep 1
  done) >/dev/null 2>&1 </dev/null &
  wait "$submitting"
}
pass_on() { # what the command says meanwhile is shown at once, and kept; a closed connection does not stop the command
  trap '' PIPE
  while IFS= read -r line || [ -n "$line" ]; do
    { printf '%s\n' "$line" >>"$folder/refusal"; } 2>/dev/null
    printf '%s\n' "$line" >&2
  done
}
finish() { # the answer goes through no file: the home may be full by now
  umask 077
  id=''
  for one in $(printf '%s\n' "$2" | sed -n @ID); do
    case $id in '' | "$one") id=$one ;; *) id=''; break ;; esac # of several numbers none is sure to be the id
  done
  {
    if [ "$1" -eq 0 ] && [ "$id" ]; then keep id "$id" || kept=no; fi
    keep answer "$2" && keep code "$1" || kept=no
  } 2>/dev/null
  report answered "$1" "$2"
}
seconds=0
until done_before; do
  if [ ! -d "$folder/submitting" ]; then
    said=$(make_folder 2>&1) || { printf '%s\n' "$said" >&2; report_unwritable; }
    check_output
    if mkdir "$folder/submitting" 2>/dev/null; then
      exec 4>&1
      { answer=$(submit 2>&3 3>&- 4>&-); finish "$?" "$answer" >&4; } 3>&1 | pass_on
      exit 0
    fi
  fi
  if [ "$seconds" -ge @SECONDS ]; then
    [ -d "$folder/submitting" ] || report_unwritable
    report unfinished 0 ''
  fi
  sleep 1
  seconds=$((seconds + 1))
done
repeat
)"""


class End(Enum):
    """How a submission ended.

    ANSWERED: the scheduler's command ended; KNOWN: the job is known from an earlier attempt; UNFINISHED: an earlier
    attempt asked the scheduler and left no answer. Nothing was sent: UNWRITABLE (the job's folder), NO_FOLDER (for the
    output file), IS_FOLDER (the output file is one), NOT_WRITABLE (the output file).
    """

    ANSWERED = "answered"
    KNOWN = "known"
    UNFINISHED = "unfinished"
    UNWRITABLE = "unwritable"
    NO_FOLDER = "no-folder"
    IS_FOLDER = "is-folder"
    NOT_WRITABLE = "not-writable"


class Submitted(Struct, frozen=True):
    """What `submit_script` reported; `code` and `text` are the submit command's, `text` the job's id where it is KNOWN.

    Where it is UNWRITABLE `text` has the path that stands against it, after `folder ` or `no-folder `.
    `kept` is whether the answer could be written to the job's folder too: it cannot where the home folder is full.
    """

    end: End
    code: int
    kept: bool
    text: str


def submit_script(
    tag: str,
    script: str,
    submit_argv: tuple[str, ...],
    id_program: str,
    log: str,
    mark: str,
    variables: str = ":",
) -> str:
    """Return shell text that feeds `script` to the submit command, and reports how that ended after `mark`.

    `id_program` is a sed program that prints the job's id from the command's output.
    `log` is the path of the job's output, which must be writable; its patterns are not known yet. `variables` is shell
    text that sets what the submit command finds in its environment. Standard error is the submit command's, line by
    line as it comes. Run again with the same tag it reports the first answer instead of submitting twice, waiting up to
    WAIT_SECONDS for an attempt that is still in progress. A lost connection does not stop what it has started;
    `give_up_script` does.
    """
    opening, body = here_document(script)
    texts = {
        "FOLDER": word(folder_of(tag)),
        "OUTPUT": word(log),
        "LOG": LOG,
        "GIVENUP": GIVEN_UP,
        "MARK": quoted(mark),
        "SECONDS": str(WAIT_SECONDS),
        "ID": quoted(id_program),
        "VARIABLES": variables,
        "COMMAND": " ".join(map(word, submit_argv)),
        "OPENING": opening,
        "BODY": body,
    }
    return _PLACE.sub(lambda place: texts[place[1]], _SCRIPT)


def give_up_script(tag: str) -> str:
    """Return shell text that stops the submit command of a tag if it still waits, and prints the job's id if any.

    The job's folder says from then on that it was given up; a job that starts later ends at once.
    """
    return f"""(
umask 077
folder={word(folder_of(tag))}
[ -d "$folder" ] || exit 0
: >"$folder/{GIVEN_UP}"
if [ -s "$folder/id" ]; then cat "$folder/id"; fi
)"""


def parse_submitted(out: bytes, mark: str) -> Submitted | None:
    """Return what `submit_script` reported, None where it was cut off."""
    _, found, record = out.partition(f"\x1e{mark}".encode())
    fields = record.decode(errors="replace").split("\x1f", 3)
    if not found or len(fields) < 4:
        return None
    try:
        return Submitted(End(fields[0]), int(fields[1]), fields[2] == "yes", fields[3])
    except ValueError:
        return None
