"""Settings of ~/.ssh/config that suit a terminal and would ruin a tunnel: none of them reaches ours."""

import socket
from contextlib import closing
from pathlib import Path

from ..ordering import free_port
from .conftest import At, both
from .hops import hop
from .site import LoginSite
from .someone import Someone


def listens(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def hostile(laptop: Path, port: int, key: Path) -> tuple[str, ...]:
    """Lines for every host; what is obeyed leaves a trace, or keeps the tunnel from coming up."""
    return (
        "IgnoreUnknown ChannelTimeout,ObscureKeystrokeTiming",
        f"IdentityFile {key}",
        "ForkAfterAuthentication yes",
        "SessionType subsystem",
        "StdinNull yes",
        "EscapeChar %",
        "ConnectTimeout 1",
        "LogLevel QUIET",
        "LogVerbose *:1000",
        "ChannelTimeout *=1",
        "ObscureKeystrokeTiming interval:10",
        "AddKeysToAgent yes",
        f"LocalForward 127.0.0.1:{port} 127.0.0.1:22",
        f"DynamicForward 127.0.0.1:{port}",
        "RemoteForward 127.0.0.1:47799 127.0.0.1:22",
        "ExitOnForwardFailure yes",
        "RemoteCommand touch ~/remote",
        "RequestTTY force",
        "PermitLocalCommand yes",
        f"LocalCommand touch {laptop}/local",
        "ControlMaster yes",
        f"ControlPath {laptop}/control-%C",
        "ControlPersist yes",
        "ForwardAgent yes",
        "ForwardX11 yes",
        "Tunnel yes",
        "GatewayPorts yes",
    )


@both
async def test_a_login_and_a_tunnel_take_nothing_from_settings_for_a_terminal(
    logins: LoginSite, at: At, laptop: Path
) -> None:
    someone, port = Someone(), free_port()
    cluster = at("key", *hostile(laptop, port, logins.keys / "ed25519"))
    async with someone.logged_in(cluster) as connection, hop(connection, someone, laptop) as way:
        dial = await way.forward(22)
        with closing(dial()) as line:
            line.settimeout(5)
            assert line.recv(4) == b"SSH-"
        assert not listens(port)
        assert [path.name for path in laptop.iterdir() if path.name.startswith(("local", "control"))] == []
        assert not (logins.home_of("key") / "remote").exists()
        trace = await connection.run("echo ${SSH_AUTH_SOCK-none} ${DISPLAY-none}; tty")
        assert trace.out == b"none none\nnot a tty\n"
