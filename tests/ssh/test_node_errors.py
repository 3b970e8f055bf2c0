"""OpenSSH's last words at a compute node are told as what failed, with the layer as data."""

import pytest
from paramiko.ssh_exception import ChannelException, SSHException

from jupystra_tui.model import Layer
from jupystra_tui.ssh.identification import ForwardingForbidden
from jupystra_tui.ssh.node_errors import NodeRefused, node_error


@pytest.mark.parametrize(
    ("words", "layer"),
    [
        ("channel 2: open failed: administratively prohibited: open failed", Layer.FORWARDING_FORBIDDEN),
        ("Access denied: user ada has no active jobs on this node.", Layer.NODE_REFUSES_SSH),
        ("ada@n1: Permission denied (publickey).", Layer.NODE_REFUSES_SSH),
        ("kex_exchange_identification: Connection closed by remote host", Layer.NODE_REFUSES_SSH),
        ("ssh_exchange_identification: read: Connection reset by peer", Layer.NODE_REFUSES_SSH),
        ("Connection closed by UNKNOWN port 65535", Layer.NODE_REFUSES_SSH),
        ("ssh: connect to host n1 port 22: Connection refused", Layer.NODE_REFUSES_SSH),
        ("ssh: connect to host n1 port 22: No route to host", Layer.NODE_UNREACHABLE),
        ("ssh: connect to host n1 port 22: Connection timed out", Layer.NODE_UNREACHABLE),
        ("ssh: Could not resolve hostname n1: Name or service not known", Layer.NODE_UNREACHABLE),
        ("Connection timed out during banner exchange", Layer.NODE_UNREACHABLE),
        ("client_loop: send disconnect: Broken pipe", None),
        ("Timeout, server n1 not responding.", None),
        ("REMOTE HOST IDENTIFICATION HAS CHANGED!", None),
        ("", None),
    ],
)
def test_the_words_name_the_layer_where_they_can(words: str, layer: Layer | None) -> None:
    error = node_error(words, None)
    assert error.layer is layer
    assert error.hint.endswith(".")
    assert "Try again" not in error.hint  # which changes nothing at a site that allows no ssh
    assert error.detail == words
    assert not words or words not in error.title


@pytest.mark.parametrize(
    ("failure", "layer"),
    [
        (ChannelException(1, "Administratively prohibited"), Layer.FORWARDING_FORBIDDEN),
        (ChannelException(2, "Connect failed"), Layer.NODE_UNREACHABLE),
        (SSHException("Timeout opening channel."), Layer.NETWORK),
        (EOFError(), Layer.NETWORK),
    ],
)
def test_a_channel_that_was_not_opened_names_it_too(failure: Exception, layer: Layer) -> None:
    assert node_error("Connection closed by UNKNOWN port 65535", failure).layer is layer


def test_what_is_not_tried_again_is_a_class_of_its_own() -> None:
    assert isinstance(node_error("ada@n1: Permission denied (publickey).", None), NodeRefused)
    assert isinstance(node_error("ada@n1: Permission denied (password).", None, answered=True), NodeRefused)
    assert isinstance(node_error("", ChannelException(1, "Administratively prohibited")), ForwardingForbidden)
    assert not isinstance(node_error("kex_exchange_identification: Connection closed", None), NodeRefused)
