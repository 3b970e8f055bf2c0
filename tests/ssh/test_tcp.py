"""A new TCP connection tells whether a host is there; late ones are closed, with nothing sent."""

import asyncio
import socket
import time
from collections.abc import Iterator

import pytest

from jupystra_tui.ssh.tcp import Address, ProbeResult, addresses, has_route, open_tcp, peer, probe

from ..ordering import free_port


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        yield server


@pytest.fixture
def silent() -> Iterator[Address]:
    """An address whose packets are dropped: a full listener on loopback takes no more."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        place = server.getsockname()
        with socket.create_connection(place), socket.socket() as second:
            second.setblocking(False)
            second.connect_ex(place)
            yield Address(socket.AF_INET, place)


def at(server: socket.socket) -> Address:
    return Address(socket.AF_INET, server.getsockname())


def unused() -> Address:
    return Address(socket.AF_INET, ("127.0.0.1", free_port()))


async def test_a_probe_is_taken_and_sends_nothing(listener: socket.socket) -> None:
    assert await probe([at(listener)], 5) is ProbeResult.CONNECTED
    taken, _ = listener.accept()
    with taken:
        taken.settimeout(5)
        assert taken.recv(1) == b""


async def test_a_port_without_a_listener_refuses_and_a_deaf_one_is_silent(silent: Address) -> None:
    assert await probe([unused()], 5) is ProbeResult.REFUSED
    began = time.monotonic()
    assert await probe([silent], 0.3) is ProbeResult.SILENT
    assert time.monotonic() - began < 3


async def test_the_address_that_answers_is_taken_whatever_the_others_do(
    listener: socket.socket, silent: Address
) -> None:
    connected = await open_tcp([silent, unused(), at(listener)], 8, 8)
    with connected:
        assert connected.getpeername() == listener.getsockname()
        await asyncio.sleep(0)  # what is closed late is closed by now
        assert peer(connected) == (at(listener),)
        assert connected.fileno() > 0


async def test_when_all_refuse_the_reason_is_told_at_once() -> None:
    with pytest.raises(ConnectionRefusedError):
        await open_tcp([unused(), unused()], 60, 60)


async def test_a_host_that_answers_again_is_found_before_the_system_repeats_a_packet() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        with socket.create_connection(server.getsockname()), socket.socket() as second:
            second.setblocking(False)
            second.connect_ex(server.getsockname())
            began = time.monotonic()
            connecting = asyncio.create_task(open_tcp([at(server)], 30, 30))
            await asyncio.sleep(3.4)  # Linux repeats a lost packet after 1, 3 and 7 seconds
            assert not connecting.done()
            server.accept()[0].close()
            (await connecting).close()
            assert time.monotonic() - began < 6.5


async def test_a_name_is_looked_up_and_what_is_no_name_is_an_error() -> None:
    assert Address(socket.AF_INET, ("127.0.0.1", 22)) in await addresses("127.0.0.1", 22)
    with pytest.raises(UnicodeError):
        await addresses("a..b", 22)


def test_this_laptop_has_a_route_to_itself() -> None:
    assert has_route([Address(socket.AF_INET, ("127.0.0.1", 22))])


def test_a_socket_that_is_not_tcp_has_no_address() -> None:
    one, other = socket.socketpair()
    with one, other:
        assert peer(one) == ()
