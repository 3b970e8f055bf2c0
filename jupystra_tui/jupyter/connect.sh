set -u
port_wanted=8888 route=''

usage() {
  cat <<END
Usage: ${0##*/} [-h] [-F FILE] [-L PORT] [-c] [login_ID]

Connects this computer to the Jupyter server of job $job on $cluster, and prints the address
for your browser. It needs OpenSSH and nothing else; end it with ctrl-c.

  login_ID  your user name on the cluster${login:+ ($login if left out)}
  -F FILE   ssh configuration to use, as for ssh -F
  -L PORT   port on this computer ($port_wanted, or the next one that is free)
  -c        go through a chain on the login node, where compute nodes take no login from outside
END
}

say() { printf '%s\n' "$*" >&2; }
stop() { say "${0##*/}: $1"; exit "${2:-1}"; }

while getopts hF:L:c option; do
  case $option in
    h) usage; exit 0 ;;
    F) config=$OPTARG ;;
    L) port_wanted=$OPTARG ;;
    c) route=chain ;;
    *) usage >&2; exit 2 ;;
  esac
done
shift $((OPTIND - 1))
[ $# -le 1 ] || { usage >&2; exit 2; }
login=${1:-$login}
case $login in -*) stop "'$login' is no user name" 2 ;; esac
case $port_wanted in '' | *[!0-9]*) stop "'$port_wanted' is no port" 2 ;; esac
command -v ssh >/dev/null 2>&1 || stop "there is no ssh here; install OpenSSH first" 2

# One login serves for all that follows: its socket is in a folder that only you can enter.
folder=$(mktemp -d /tmp/jupystra.XXXXXX) || stop "nothing can be written to /tmp"
remote='' watcher=''
leave() {
  trap - EXIT INT TERM HUP
  [ -z "$watcher" ] || kill "$watcher" 2>/dev/null
  [ -z "$remote" ] || on_login "rm -rf '$remote'" >/dev/null 2>&1
  [ ! -S "$folder/n" ] || ssh -S "$folder/n" -O exit node 2>/dev/null
  [ ! -S "$folder/l" ] || ssh -S "$folder/l" -O exit login 2>/dev/null
  rm -rf "$folder"
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
set -- ${config:+-F "$config"} ${login:+-l "$login"} ${port_of_login:+-p "$port_of_login"}
on_login() { ssh ${config:+-F "$config"} -S "$folder/l" -o ControlMaster=no -o BatchMode=yes "$host" "$@"; }
ssh "$@" -M -S "$folder/l" -o ControlPersist=no -o ServerAliveInterval=15 -f -N "$host" ||
  stop "the login to $host failed"

# Where is it now? A job that was started again may be on another node and port.
told=$(on_login /bin/sh <<END
folder=\$HOME/.jupystra/jobs/$tag
ask() { $query; }
state=\$(ask 2>&1) || state=\$(bash -lc '$query' 2>&1)
printf '\njupystra state %s\n' "\$(printf '%s\n' "\$state" | sed -n '$states' | tail -n 1)"
[ ! -r "\$folder/node" ] || printf 'jupystra node %s\n' "\$(head -n 1 "\$folder/node")"
for file in "\$folder"/runtime/*server-*.json; do
  [ -f "\$file" ] || continue
  for field in port token base_url; do
    printf 'jupystra %s %s\n' "\$field" "\$(sed -n 's/.*"'"\$field"'": *"\{0,1\}\([^",]*\).*/\1/p' "\$file" | head -n 1)"
  done
done
END
)
part() { printf '%s\n' "$told" | sed -n "s/^jupystra $1 //p" | tail -n 1; }
state=$(part state)
case $state in
  running) ;;
  waiting) stop "job $job waits in the queue of $cluster; try again when it runs" 3 ;;
  over) stop "job $job on $cluster has ended; start another with jupystra-tui" 3 ;;
  *) say "the scheduler of $cluster did not tell about job $job; trying where it was" ;;
esac
now=$(part node) && node=${now:-$node}
now=$(part port) && port=${now:-$port}
now=$(part base_url) && path=${now:-$path}
token=$(part token)
case $node in '' | -* | *[!A-Za-z0-9._-]*) stop "the node of job $job is not known yet; try again in a moment" 3 ;; esac
case $port in '' | *[!0-9]*) stop "the server of job $job is not up yet; try again in a moment" 3 ;; esac

announce() {
  say "Connected to $node. Open this address in your browser; ctrl-c ends the connection."
  printf 'http://127.0.0.1:%s%s%s\n' "$1" "$path" "${token:+?token=$token}"
}
taken() { grep -qi 'already in use\|cannot listen\|forwarding failed\|could not request local' "$folder/words"; }
# The login node knows the keys of its compute nodes.
learn_key() {
  on_login "/bin/sh -c 'ssh-keygen -F $node -f /etc/ssh/ssh_known_hosts; ssh-keygen -F $node'" 2>/dev/null |
    sed -n "/^[#@]/d;s|^[^ ]* |$node.$host |p" >"$folder/known"
}
through_node() {
  [ -s "$folder/known" ] || learn_key
  proxy="ssh ${config:+-F '$config'} -S '$folder/l' -o ControlMaster=no -W %h:%p '$host'"
  ssh "$@" -M -S "$folder/n" -o ProxyCommand="$proxy" -o ProxyJump=none -o ControlPersist=no -o ExitOnForwardFailure=yes \
    -o HostKeyAlias="$node.$host" -o UserKnownHostsFile="~/.ssh/known_hosts $folder/known" \
    -o ServerAliveInterval=15 -f -N -L "127.0.0.1:$local:127.0.0.1:$port" "$node" \
    2>"$folder/words"
}
through_chain() {
  [ "$remote" ] || remote=$(on_login /bin/sh <<'END' | sed -n 's/^jupystra folder //p'
umask 077
printf '\njupystra folder %s\n' "$(mktemp -d /tmp/jupystra.XXXXXX)"
END
  )
  case $remote in /tmp/jupystra.*) ;; *) stop "no folder can be made on the login node" ;; esac
  ssh -S "$folder/l" -O forward -L "127.0.0.1:$local:$remote/s" login 2>"$folder/words"
}
local=$port_wanted
until [ "$local" -ge $((port_wanted + 20)) ]; do
  if [ "$route" != chain ] && through_node "$@"; then
    announce "$local"
    while ssh -S "$folder/n" -O check node 2>/dev/null; do sleep 2; done
    stop "the connection ended"
  fi
  if [ "$route" != chain ] && ! taken; then
    say "$node takes no login from here ($(tail -n 1 "$folder/words")); trying a chain on the login node"
    route=chain
  fi
  if [ "$route" = chain ] && through_chain; then
    (
      n=0
      until on_login "test -S '$remote/s'" 2>/dev/null; do
        n=$((n + 1)) && [ "$n" -lt 60 ] || exit
        sleep 1
      done
      announce "$local"
    ) &
    watcher=$!
    ssh -tt ${config:+-F "$config"} -S "$folder/l" -o ControlMaster=no "$host" \
      "exec ssh -N -o ExitOnForwardFailure=yes -o ServerAliveInterval=15 -L '$remote/s:127.0.0.1:$port' '$node'" >&2 ||
      stop "the chain through the login node ended"
    exit 0
  fi
  taken || stop "$(cat "$folder/words")"
  local=$((local + 1))
done
stop "no port from $port_wanted to $((local - 1)) is free on this computer; choose one with -L"
