"""The command line of an OpenSSH master: the user's configuration, without what would disturb the connection."""

from pathlib import Path

from jupystra_tui.ssh.resolve import Endpoint, ssh_program

OPTIONS = (
    "ControlPersist=no",
    "ClearAllForwardings=yes",
    "RemoteCommand=none",
    "RequestTTY=no",
    "PermitLocalCommand=no",
    "ForwardAgent=no",
    "ForwardX11=no",
    "Tunnel=no",
    "GatewayPorts=no",
    "StreamLocalBindMask=0177",
    "StreamLocalBindUnlink=yes",
    "UpdateHostKeys=no",
    "CheckHostIP=no",
    "NoHostAuthenticationForLocalhost=no",
    "VisualHostKey=no",
    "FingerprintHash=sha256",  # as sites publish it, and as the log is read
    "AddKeysToAgent=no",
    "ConnectionAttempts=1",
    "ServerAliveInterval=15",
    "ServerAliveCountMax=60",  # 15 minutes: a dead connection is noticed by our pings
    "TCPKeepAlive=yes",
    "LogLevel=DEBUG1",  # the steps of the login are read from it
    "EscapeChar=none",
    "IgnoreUnknown=*",  # for the following options only, which an older ssh does not know
    "ForkAfterAuthentication=no",
    "ChannelTimeout=none",
    "LogVerbose=none",
)
CONNECT_SECONDS = 8
# Ends ssh, and all that it started, when this program ends: then standard input is closed.
KEEPER = """\
trap : TERM
exec 3<&0
"$@" </dev/null 3<&- &
ssh=$!
(cat <&3; kill 0) >/dev/null 2>&1 &
while wait "$ssh"; code=$?; kill -0 "$ssh" 2>/dev/null; do :; done
trap '' TERM
kill 0
exit "$code"
"""


def master_command(endpoint: Endpoint, control: Path, new_keys: Path) -> list[str]:
    """Return the argv of a master that listens at `control`; ssh saves host keys that are new in `new_keys`."""
    files = " ".join(f'"{file}"' for file in (new_keys, *endpoint.known_hosts)).replace("%", "%%")
    options = (
        *OPTIONS,
        f"UserKnownHostsFile={files}",
        f"StrictHostKeyChecking={'yes' if endpoint.strict else 'ask'}",  # `accept-new` and `no` would trust a key
        *(
            () if endpoint.agent else ("IdentityAgent=none",)
        ),  # no agent, or one that ssh would wait for forever
        _connect_timeout(endpoint),
    )
    ssh = [
        ssh_program(),
        *(("-F", endpoint.ssh_config) if endpoint.ssh_config else ()),
        *("-M", "-N", "-T", "-S", str(control).replace("%", "%%")),
        *("-p", str(endpoint.port), "-l", endpoint.user),
        *(f"-o{option}" for option in options),
        "--",
        endpoint.alias,
    ]
    return ["/bin/sh", "-c", KEEPER, "ssh", *ssh]


def _connect_timeout(endpoint: Endpoint) -> str:
    """Return the time limit, the user's own if it is longer; none where a jump host may ask questions within it."""
    if endpoint.proxy:
        return "ConnectTimeout=none"
    wanted = endpoint.settings.get("connecttimeout", [""])[0]
    return f"ConnectTimeout={max(CONNECT_SECONDS, int(wanted) if wanted.isdecimal() else 0)}"
