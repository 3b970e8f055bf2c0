set -u
wanted=8888

usage() {
  cat <<END
Usage: ${0##*/} [-h] [-F FILE] [-L PORT] [-c] [login_ID]

Connects this computer to the server of job $job on $cluster, and prints the address
for your browser. It needs OpenSSH and nothing else; end it with ctrl-c.

  login_ID  your user name on the cluster ($login if left out)
  -F FILE   ssh configuration to use, as for ssh -F
  -L PORT   port on this computer ($wanted if left out), or the next one that is free
  -c        go to the node through the login node's own ssh; tried by itself where nodes take no other login
END
}

say() { printf '%s\n' "$*" | tr -d '\000-\010\013-\037\177' >&2; }
stop() {
  say "${0##*/}: $1"
  exit "${2:-1}"
}

# What comes from the cluster is used only if it fits; LC_ALL=C keeps other languages' letters out of the ranges.
is_host() (
  LC_ALL=C
  case $1 in '' | [!A-Za-z0-9_]* | *[!A-Za-z0-9._-]*) exit 1 ;; esac
  [ ${#1} -le 253 ]
)
is_port() (
  LC_ALL=C
  case $1 in '' | 0* | *[!0-9]* | ??????*) exit 1 ;; esac
  [ "$1" -le 65535 ]
)
is_token() (
  LC_ALL=C
  case $1 in *[!A-Za-z0-9._~-]*) exit 1 ;; esac
)
is_path() ( # begins and ends with a slash, and no browser takes it for more than a path
  LC_ALL=C
  case $1 in / | /*/) ;; *) exit 1 ;; esac
  case $1 in *[!A-Za-z0-9._~%/-]* | *//* | */./* | */../*) exit 1 ;; esac
  rest=$1
  while [ "$rest" != "${rest#*%}" ]; do
    rest=${rest#*%}
    case $rest in [01]* | 2[EFef]* | 5[Cc]* | 7[Ff]*) exit 1 ;; esac
    case $rest in [0-9A-Fa-f][0-9A-Fa-f]*) ;; *) exit 1 ;; esac
  done
  [ ${#1} -le 1000 ]
)

[ -r "$config" ] || config='' # another computer than the one it was made on
while getopts hF:L:c option; do
  case $option in
    h) usage && exit 0 ;;
    F) config=$OPTARG ;;
    L) wanted=$OPTARG ;;
    c) route=chain ;;
    *) usage >&2 && exit 2 ;;
  esac
done
shift $((OPTIND - 1))
[ $# -le 1 ] || { usage >&2 && exit 2; }
login=${1:-$login}
case $login in -*) stop "'$login' is no user name" 2 ;; esac
is_port "$wanted" || stop "'$wanted' is no port" 2
command -v ssh >/dev/null || stop "there is no ssh here; install OpenSSH first" 2

# One login serves for all that follows: its socket is in a folder that only you can enter.
folder=$(mktemp -d /tmp/jupystra.XXXXXX) || stop "nothing can be written to /tmp"
riding() { ssh -F /dev/null -o ProxyCommand=false -o LogLevel=ERROR -S "$@"; } # on what is open, or not at all
leave() {
  trap - EXIT INT TERM HUP
  exec 9>&- # the login node tidies up
  [ ! -S "$folder/n" ] || riding "$folder/n" -O exit node 2>/dev/null
  [ ! -S "$folder/l" ] || riding "$folder/l" -O exit login 2>/dev/null
  rm -rf "$folder"
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
trap '' PIPE

open() { # SOCKET, options and host: log in, and leave the connection open for others to ride on
  control=$1
  shift
  ssh ${config:+-F "$config"} -l "$login" -M -S "$control" -f -N -T -o ControlPersist=no -o ClearAllForwardings=yes \
    -o PermitLocalCommand=no -o ServerAliveInterval=15 "$@"
}

# A name that the ssh configuration of this computer does not know goes by what it stood for where this was made.
if [ "$address" ] && ssh ${config:+-F "$config"} -G -T -- "$host" | grep -q -i -F -x "hostname $host"; then
  set -- -o HostName="$address" -o Port="$address_port"
else
  set -- ${port_of_login:+-p "$port_of_login"}
fi
open "$folder/l" "$@" -- "$host" || stop "the login to $host failed"

# Where is it now? A job that was started again may be on another node and port.
told=$(riding "$folder/l" login /bin/sh <<END
folder=\$HOME/.jupystra/jobs/$tag
unset $unset
if command -v ${query%% *} >/dev/null; then said=\$(timeout 10 $query 2>&1); else said=lsf.conf; fi
case \$said in *lsf.conf*) said=\$(timeout 30 bash -lc '$query' 2>&1) ;; esac
printf '\njupystra state %s\n' "\$(printf '%s\n' "\$said" | sed -n '$states' | tail -n 1)"
[ -r "\$folder/id" ] && printf 'jupystra folder yes\n'
[ -r "\$folder/node" ] && printf 'jupystra node %s\n' "\$(head -n 1 "\$folder/node")"
[ -r "\$folder/server" ] && sed -n -e 's/^port /jupystra &/p' -e 's/^path /jupystra &/p' "\$folder/server"
[ -r "\$folder/server" ] && printf 'jupystra token %s\n' "\$(head -n 1 "\$folder/token")"
for file in "\$folder/runtime/"${runtime:-none}; do # the app's own file corrects port and path
  for field in port token base_url; do
    [ -r "\$file" ] && printf 'jupystra %s %s\n' "\$field" \
      "\$(sed -n 's/.*"'"\$field"'": *"\{0,1\}\([^",]*\).*/\1/p' "\$file" | head -n 1)"
  done
done
:
END
)
part() { printf '%s\n' "$told" | sed -n "s/^jupystra $1 //p" | tail -n 1; }
case $(part state) in
  running) ;;
  waiting) stop "job $job waits in the queue of $cluster; try again when it runs" 3 ;;
  suspended) stop "job $job is suspended; try again when it continues" 3 ;;
  over) stop "job $job on $cluster has ended, so this script has done its work; jupystra-tui starts another" 3 ;;
  *) say "The scheduler of $cluster does not report the state of job $job; trying anyway." ;;
esac
token=$(part token)
if [ "$(part folder)" ]; then
  node=$(part node) port=$(part port) path=$(part base_url)
  path=${path:-$(part path)}
else
  say "The folder of job $job cannot be read on $cluster; trying where its server was."
fi
path=/${path#/}
path=${path%/}/
[ "$node" ] || stop "job $job has only just started; try again in a moment" 3
is_host "$node" || stop "the folder of job $job names an invalid node name: '$node'"
case $(part state):$port in
  running:) stop "the server of job $job is still starting on $node; try again in a moment" 3 ;;
  *:) stop "there is no server of job $job on $node: it is still starting, or the job is over" 3 ;;
esac
is_port "$port" || stop "the server of job $job names a port that cannot be one: '$port'"
is_path "$path" || stop "the base path of the server of job $job cannot be part of an address: '$path'"
is_token "$token" || token='' # the page asks for it

# What the login node knows of the keys of its compute nodes goes for us too.
learn_keys() {
  riding "$folder/l" login "/bin/sh -c 'ssh-keygen -F $node -f /etc/ssh/ssh_known_hosts; ssh-keygen -F $node'" \
    >"$folder/listed" 2>/dev/null
  grep -q '^@revoked' "$folder/listed" && return # ssh asks here
  line='^[^#@ ][^ ]* \([a-z0-9@.-]* AAAA[A-Za-z0-9+/]*=*\)\( .*\)\{0,1\}$'
  sed -n "s|$line|$node.$host \1|p" "$folder/listed" >"$folder/known"
}
reach_from_here() {
  learn_keys
  way="ssh -F /dev/null -o ProxyCommand=false -S $folder/l -W '[%h]:%p' login"
  open "$folder/n" -o ProxyCommand="$way" -o HostKeyAlias="$node.$host" \
    -o UserKnownHostsFile="~/.ssh/known_hosts $folder/known" -- "$node" 2>"$folder/words"
}
# An ssh of the login node listens at a socket in a folder that only you can enter.
reach_from_login() {
  remote=$(riding "$folder/l" login 'mktemp -d /tmp/jupystra.XXXXXX' | sed -n '/^\/tmp\/jupystra\.[A-Za-z0-9]*$/p')
  [ "$remote" ] || stop "no folder can be made in /tmp of $host"
  ask='-o BatchMode=yes' terminal=-T
  [ ! -t 0 ] || { ask='' && terminal=-tt; }
  riding "$folder/l" "$terminal" login "ssh -f -N -T -M -S $remote/c $ask -o ControlPersist=no" \
    "-o ClearAllForwardings=yes -o ServerAliveInterval=15 $node &&" \
    "ssh -S $remote/c -O forward -L $remote/s:127.0.0.1:$port $node" >&2
  entered=$?
  [ "$entered" = 0 ] || riding "$folder/l" login "ssh -S $remote/c -O exit $node; rm -rf $remote" >/dev/null 2>&1
  [ "$entered" = 0 ] || return "$entered"
  mkfifo "$folder/hold" || stop "nothing can be written to /tmp"
  riding "$folder/l" login "/bin/sh -c 'exec 3<&0; (cat <&3; ssh -S $remote/c -O exit $node) >/dev/null 2>&1 &" \
    "trap : HUP; while [ -S $remote/c ]; do sleep 2; done; rm -rf $remote'" <"$folder/hold" >/dev/null 2>&1 &
  holder=$!
  exec 9>"$folder/hold"
}

# Ready is what answers through the tunnel and knows the token, which goes by no command line.
try() { # the command whose input and output reach the server
  mkfifo "$folder/said" "$folder/heard" || stop "nothing can be written to /tmp"
  "$@" <"$folder/said" >"$folder/heard" 2>"$folder/words" 9>&- &
  reached=$!
  exec 8>"$folder/said" 7<"$folder/heard"
  (sleep 20 && kill "$reached") 7<&- 8>&- 9>&- >/dev/null 2>&1 &
  clock=$!
  if [ "$header_start$header_end" ]; then
    printf 'GET %s%s HTTP/1.0\r\n%s%s%s\r\n\r\n' "$path" "$ready" "$header_start" "$token" "$header_end" >&8
  else
    printf 'GET %s%s?%s=%s HTTP/1.0\r\n\r\n' "$path" "$ready" "$query_name" "$token" >&8
  fi
  answer=''
  while IFS=' ' read -r word code rest <&7; do
    case $word in HTTP/*) answer=$code && break ;; esac
  done
  exec 8>&- 7<&-
  kill "$reached" "$clock" 2>/dev/null
  rm "$folder/said" "$folder/heard"
  case $answer in
    200) ;;
    '') stop "the server of job $job does not answer on $node: $(cat "$folder/words")" ;;
    *) [ -z "$token" ] || stop "port $port of $node is used by another user; the server of job $job is not there" ;;
  esac
}
# SOCKET TARGET
listen() {
  local=$wanted
  until riding "$1" -O forward -L "127.0.0.1:$local:$2" node 2>/dev/null; do
    [ -S "$1" ] || stop "the connection to $cluster is lost"
    local=$((local + 1))
    [ "$local" -lt $((wanted + 50)) ] || stop "no port from $wanted to $((local - 1)) is free here; choose one with -L"
  done
  [ "$local" = "$wanted" ] || say "Port $wanted is taken on this computer; $local serves."
  say "Connected to job $job on $node. Open this address in your browser; ctrl-c ends the connection."
  [ "$query_name" ] || token='' # the page asks for it
  printf 'http://127.0.0.1:%s%s%s%s\n' "$local" "$path" "$page" "${token:+?$query_name=$token}"
}

if [ "$route" = node ] && ! reach_from_here; then
  grep -q 'verification failed' "$folder/words" && stop "$(cat "$folder/words")"
  say "$node takes no login from here ($(tail -n 1 "$folder/words")); trying through the login node"
  route=chain
fi
if [ "$route" = node ]; then
  try riding "$folder/n" -W "127.0.0.1:$port" node
  listen "$folder/n" "127.0.0.1:$port"
  while [ -S "$folder/n" ]; do sleep 2; done
else
  reach_from_login || stop "$host cannot reach $node by ssh"
  try riding "$folder/l" login "ssh -S $remote/c -W 127.0.0.1:$port $node"
  listen "$folder/l" "$remote/s"
  while [ -S "$folder/l" ] && kill -0 "$holder" 2>/dev/null; do sleep 2; done
fi
stop "the connection to $node has ended; run this script again to reconnect"
