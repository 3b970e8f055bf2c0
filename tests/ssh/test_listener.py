"""The port of a relayed tunnel is open to this computer alone."""

import paramiko

from jupystra_tui.ssh.listener import Listener

from ..answering import answering_at
from ..ordering import free_port


def test_a_listener_answers_at_127_0_0_1_and_nowhere_else() -> None:
    def dial() -> paramiko.Channel:
        raise OSError("nobody")

    port = free_port()
    listener = Listener(port, dial)
    try:
        assert answering_at(port) == {"127.0.0.1"}
    finally:
        listener.close()
