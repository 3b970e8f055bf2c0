"""Submitting exactly once, however often the connection breaks."""

from jupystra_tui.jupyter.folder import LOG, folder_of
from jupystra_tui.jupyter.quoting import here_document, word

UNFINISHED = 75
_SCRIPT = r"""(
trap '' HUP
folder=@FOLDER
keep_id() {
  sed -n -e 's/^\([0-9][0-9]*\)\(;.*\)*$/\1/p' -e 's/^Submitted batch job \([0-9][0-9]*\).*/\1/p' \
    -e 's/^Job <\([0-9][0-9]*\)> is submitted.*/\1/p' "$folder/answer" | tail -n 1 >"$folder/.submitted"
  [ -s "$folder/.submitted" ] && mv -f "$folder/.submitted" "$folder/id"
}
tell() { if [ -s "$folder/answer" ]; then cat "$folder/answer"; else cat "$folder/id"; fi; }
(umask 077 && mkdir -p "$folder" && : >>"$folder/answer" && : >>"$folder/@LOG") || exit 73
mine='' seconds=0
while [ ! -s "$folder/id" ] && [ -z "$mine" ] && [ "$seconds" -lt 15 ]; do
  if mkdir "$folder/submitting" 2>/dev/null; then mine=yes; else sleep 1; fi
  seconds=$((seconds + 1))
done
if [ -z "$mine" ]; then
  if [ -s "$folder/id" ] || keep_id; then tell; exit 0; fi
  printf 'An earlier attempt to submit this job never came to an end: look at the queue first.\n' >&2
  exit @UNFINISHED
fi
@COMMAND >"$folder/answer" 2>"$folder/refusal" @OPENING
@BODY
code=$?
if [ "$code" -eq 0 ]; then keep_id; else rmdir "$folder/submitting"; fi
cat "$folder/answer"
cat "$folder/refusal" >&2
exit "$code"
)"""


def submit_script(tag: str, script: str, submit_argv: tuple[str, ...]) -> str:
    """Return shell text that feeds `script` to the submit command; output, errors and exit code are that command's.

    Run again with the same tag it prints the first answer instead of submitting twice, waiting up to 15 seconds for an
    attempt that is still under way; its code is UNFINISHED where such an attempt died. A lost connection does not stop
    what it has begun.
    """
    opening, body = here_document(script)
    frame = _SCRIPT.replace("@FOLDER", word(folder_of(tag))).replace("@LOG", LOG)
    frame = (
        frame.replace("@UNFINISHED", str(UNFINISHED))
        .replace("@COMMAND", " ".join(map(word, submit_argv)))
        .replace("@OPENING", opening)
    )
    return frame.replace("@BODY", body)
