"""What a command printed is found between its marks, however it is cut into pieces, in time that its length allows."""

import time

import pytest

from jupystra_tui.ssh.command_output import MB, STARTUP_LIMIT, MarkedStream, OutputTooLong

MARK = "0123456789abcdef" * 2


def stream(limit: int = 1000) -> MarkedStream:
    return MarkedStream(MARK, "The list of your jobs", limit)


def add_often(found: MarkedStream, piece: bytes, times: int) -> None:
    for _ in range(times):
        found.add(piece)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 16, 33, 1000])
@pytest.mark.parametrize(
    "content", [b"", b"\n", b"42 PENDING", b"42\n43\n\n", f"+ {MARK}\n".encode(), b"\x00\xff\n"]
)
@pytest.mark.parametrize("before", [b"", b"Welcome!\n", f"+ printf '\\n%s\\n' {MARK}\n".encode()])
def test_pieces_of_any_size(before: bytes, content: bytes, size: int) -> None:
    said = before + f"\n{MARK}\n".encode() + content + f"\n{MARK} 17\n".encode() + b"later"
    found = stream()
    for start in range(0, len(said), size):
        assert not (found.complete and start < said.index(b" 17\n") + 4 - size)
        found.add(said[start : start + size])
    assert (found.complete, found.content, found.rest) == (True, content, b"17")


def test_what_came_so_far_can_be_read() -> None:
    found = stream()
    found.add(b"Welcome!\n")
    assert found.so_far == b""
    found.add(f"\n{MARK}\nqueue is busy".encode())
    assert found.so_far == b"queue is busy"


def test_an_answer_may_have_its_limit_and_no_more() -> None:
    found = stream(1000)
    found.add(f"\n{MARK}\n".encode() + b"x" * 1000 + f"\n{MARK} 0\n".encode())
    assert len(found.content) == 1000
    found = stream(2 * MB)
    found.add(f"\n{MARK}\n".encode())
    with pytest.raises(OutputTooLong) as error:
        add_often(found, b"x" * 65536, 100)
    assert error.value.title == "The list of your jobs is longer than 2 MB: the command was stopped"


def test_start_up_files_may_not_print_without_end() -> None:
    with pytest.raises(OutputTooLong, match="start-up files"):
        add_often(stream(), b"x" * 1000, 2 * STARTUP_LIMIT // 1000)


def test_a_long_answer_in_small_pieces_is_searched_once() -> None:
    def seconds(size: int) -> float:
        found = stream(100 * MB)
        began = time.process_time()
        found.add(f"\n{MARK}\n".encode())
        for _ in range(size // 1024):
            found.add(b"x" * 1024)
        return time.process_time() - began

    seconds(MB)
    assert seconds(32 * MB) < 40 * max(seconds(2 * MB), 0.005), (
        "16 times as much takes about 16 times as long"
    )
