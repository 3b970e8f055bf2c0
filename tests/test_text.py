"""Cleaning of text from remote hosts."""

import time
import unicodedata

import pytest

from jupystra_tui.text import Secret, clean, clean_lines

CONTROLS = [chr(code) for code in (*range(0x20), 0x7F, *range(0x80, 0xA0))]
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff\U000e0001\U000e0041"


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: f"{ord(control):#04x}")
def test_control_characters_are_removed(control: str) -> None:
    for text in (
        control,
        f"a{control}b",
        f"a{control}",
        control * 3,
        f"{control}[31m{control}]0;x{control}\\",
    ):
        assert clean(text).isprintable()
        assert clean_lines(text).replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]52;c;c2VjcmV0\x07x", "x"),
        ("\x1b]52;c;c2VjcmV0\x1b\\x", "x"),
        ("\x9d52;c;c2VjcmV0\x9cx", "x"),
        ("\x1b]0;title", "0;title"),
        ("\x90lab \x9dlab \x1bPlab", "·lab ·lab lab"),
        ("\x1bP1$r0m\x1b\\x", "x"),
        ("\x1b_Gf=100;AAAA\x1b\\x", "x"),
        ("\x1b[2J\x1b[1;1Hhome", "home"),
        ("\x1b(0lqk\x1b(B", "lqk"),
        ("\x1bcreset", "reset"),
        ("\x1b[?1049h", ""),
        ("\x1b\x1b[m[31m", "·[31m"),
        ("\x1b\x1b]0;a\x07]52;c;b\x07", "·]52;c;b·"),
        ("new\nline\ttab", "new·line·tab"),
        ("a\r\nb", "a··b"),
        ("a\x08\x08b", "a··b"),
        ("\u202egpj.exe", "gpj.exe"),
        ("a\u2028b\u2029c\x85d", "a·b·c·d"),
        ("\ud800", "·"),
        ("\ue000\U00010fff", "··"),
        ("ünïcødé 日本 😀", "ünïcødé 日本 😀"),
        ("[/abc] [bold]", "[/abc] [bold]"),
        (b"caf\xe9 \xf0\x9f", "caf\ufffd \ufffd"),
        (b"\xc2\x9b31mred", "red"),
    ],
)
def test_what_is_shown(raw: str | bytes, shown: str) -> None:
    assert clean(raw) == shown


@pytest.mark.parametrize("hidden", [*BIDI, *INVISIBLE], ids=lambda char: f"{ord(char):#06x}")
def test_characters_that_reverse_or_hide_text_are_removed(hidden: str) -> None:
    assert clean(f"a{hidden}b") == "ab"


def test_all_unicode_characters_that_move_or_hide_text_are_removed() -> None:
    everything = "".join(map(chr, range(0x110000)))
    kept = set(clean(everything, len(everything)))
    assert not {
        char for char in kept if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    }
    assert {"a", "é", "日", "😀", " "} <= kept


@pytest.mark.parametrize(
    "piece",
    [
        "x",
        "\x1b",
        "\x1b[",
        "\x1b]",
        "\x1b[0",
        "\x1bP",
        "\x9b",
        "\x9d",
        "\x90",
        "\x9d0;",
        "\x1bX\x90",
        "\n",
        "\x1b[31m",
        "\u202e",
        "é\x00",
    ],
)
def test_long_text_is_cut_in_short_time(piece: str) -> None:
    raw = piece * 100_000
    began = time.process_time()
    shown = clean(raw)
    assert len(clean_lines(raw)) <= len(raw)
    assert time.process_time() - began < 2
    assert len(shown) <= 4096
    assert shown.isprintable()


def test_an_endless_sequence_takes_a_short_time() -> None:
    began = time.process_time()
    assert len(clean("\x1b[" + "0" * 100_000)) <= 4096
    assert len(clean("\x1b[" + "0" * 1000 + "\x1b[" + " " * 100_000)) <= 4096
    assert time.process_time() - began < 2


def test_the_cut_is_marked() -> None:
    assert clean("abcdef", 4) == "abc…"
    assert clean("abcd", 4) == "abcd"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\nb\n", "a\nb\n"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("Address already in use\r\r\nbye\r\r\n", "Address already in use\nbye\n"),
        ("10%\r50%\r100%\n", "100%\n"),
        ("50%\r", "50%"),
        ("a\tb", "a       b"),
        ("\x1b[31mred\n\x1b]0;x\nstill", "red\n0;x\nstill"),
        ("\x1b]0;over\ntwo lines\x07", "0;over\ntwo lines·"),
        (b"\xff\n", "\ufffd\n"),
        ("", ""),
    ],
)
def test_lines(raw: str | bytes, shown: str) -> None:
    assert clean_lines(raw) == shown


def test_the_end_of_a_long_log_is_kept() -> None:
    assert clean_lines("a" * 50 + "\nend", 10) == "aaaaaa\nend"


def test_a_secret_is_shown_only_by_reveal() -> None:
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {[secret]} {secret:}"
    assert secret.reveal() == "hunter2"
    assert secret
    secret.wipe()
    assert not secret
    assert secret.reveal() == ""
