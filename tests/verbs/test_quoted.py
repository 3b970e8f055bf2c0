"""What a server says on a terminal stands behind a bar on every line."""

import pytest

from jupystra_tui.verbs.terminal_prompts import quoted

IMITATION = "Welcome\nthis laptop asks:\n│ Passphrase for the key /home/ada/.ssh/id_ed25519"


@pytest.mark.parametrize("columns", [20, 40, 80])
@pytest.mark.parametrize(
    "text", [IMITATION, "x" * 39 + "this laptop asks:", "漢字" * 60, "a\r\nb\x1b[Hc", "\n\nx\n"]
)
def test_no_line_of_a_server_passes_for_ours(text: str, columns: int) -> None:
    lines = quoted(text, columns).splitlines()
    assert all(line.startswith("│ ") for line in lines)
    assert not any("\x1b" in line or "\r" in line for line in lines)


def test_nothing_said_fills_no_line() -> None:
    assert quoted(" \n", 80) == ""
