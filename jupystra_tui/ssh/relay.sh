{
  umask 077
  folder=$(mktemp -d /tmp/jupystra.XXXXXX) || exit 1
  trap 'rm -rf "$folder"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '%s\n' "$known" >"$folder/known"
  exec 3<&0
  ssh -N -T -M -S "$folder/c" $options -o UserKnownHostsFile="$folder/known" -- "$node" </dev/null &
  ssh=$!
  (cat <&3; kill "$ssh") >/dev/null 2>&1 & # the end of our input is the end of all this
  until [ -S "$folder/c" ]; do
    kill -0 "$ssh" 2>/dev/null || break
    sleep 0.1
  done
  [ ! -S "$folder/c" ] || printf '%s %s\n' "$mark" "$folder"
  wait "$ssh"
  exit
}
