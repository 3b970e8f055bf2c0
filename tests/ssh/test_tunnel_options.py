"""What a tunnel's ssh is told, whatever the user's own configuration says."""

from pathlib import Path

from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.ssh_tunnel import OPTIONS, NodeTarget, command

ENDPOINT = Endpoint("hpc", "127.0.0.1", 22, "ada", "127.0.0.1")


def test_ssh_is_told_to_listen_for_nobody_else() -> None:
    argv = command(ENDPOINT, "", NodeTarget("n1", "n1", ()), Path("control"), Path("bridge"))
    assert {"-oGatewayPorts=no", "-oClearAllForwardings=yes", "-oStreamLocalBindMask=0177"} <= set(argv)
    assert len(OPTIONS) == len(
        {option.partition("=")[0] for option in OPTIONS}
    )  # of two, ssh takes the first
