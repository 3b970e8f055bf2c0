"""Text into shell words that mean just themselves."""

import os
import subprocess

import pytest

from jupystra_tui.apps.quoting import here_document, place, quoted, word

NASTY = [
    "",
    "a b",
    "it's",
    '"',
    "$HOME",
    "`id`",
    "$(id)",
    "a\nb",
    "\\",
    "*",
    "~",
    "-n",
    "!x",
    "#",
    "ünï",
    "\x1b[31m",
    "a=b",
]


def through_sh(words: str) -> str:
    told = subprocess.run(
        ["sh", "-c", f"printf '<%s>' {words}"], capture_output=True, check=True, env={"HOME": "/h o", "DIR": "/d d"}
    )  # fmt: skip
    return told.stdout.decode()


@pytest.mark.parametrize("text", NASTY)
def test_a_quoted_text_is_itself(text: str) -> None:
    assert through_sh(quoted(text)) == f"<{text}>"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("$HOME", "/h o"),
        ("$HOME/a b", "/h o/a b"),
        ("--output=$HOME/$x.log", "--output=/h o/$x.log"),
        ("$HOMER/x", "$HOMER/x"),
        ("x$HOME/y", "x$HOME/y"),
        ("--a=b=$HOME/y", "--a=b=$HOME/y"),
        ("it's", "it's"),
    ],
)
def test_in_a_word_only_a_leading_home_is_expanded(text: str, meant: str) -> None:
    assert through_sh(word(text)) == f"<{meant}>"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("~", "/h o"),
        ("~/a b", "/h o/a b"),
        ("~nobody-here/x", "~nobody-here/x"),
        ("~root/x", os.path.expanduser("~root/x")),
        ("$DIR/$DIR", "/d d//d d"),
        ("", ""),
        ("${DIR}/x", "/d d/x"),
        ("$DIR$(id)", "/d d$(id)"),
        ("/a/$DIR.${DIR}x", "/a//d d./d dx"),
        ("rel/it's", "rel/it's"),
    ],
)
def test_in_a_place_homes_and_variables_are_expanded(text: str, meant: str) -> None:
    assert through_sh(place(text)) == f"<{meant}>"


def test_no_word_holds_a_nul() -> None:
    with pytest.raises(ValueError, match="NUL"):
        quoted("a\0b")


@pytest.mark.parametrize(
    "text", ["a\n", "a", "", "\n\n", "END_OF_SCRIPT\nEND_OF_SCRIPT_\n", "$HOME `id` \\\n'\n"]
)
def test_a_here_document_is_the_text(text: str) -> None:
    opening, body = here_document(text)
    told = subprocess.run(
        ["sh"], input=f"cat {opening}\n{body}\n", capture_output=True, text=True, check=True
    )
    assert told.stdout == (text if text.endswith("\n") else f"{text}\n")
