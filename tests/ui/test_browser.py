"""Stories of opening the browser: a real command, and a token that shows in no command line."""

import os
import sys
from pathlib import Path

import pytest

from jupystra_tui.frontend import browser
from jupystra_tui.frontend.browser import NoBrowser, open_page, sweep
from jupystra_tui.text import Secret

URL = Secret("http://127.0.0.1:8888/lab?token=s3cret%26next%3D%22")
BROWSER = """#!{python}
import os, pathlib, sys, urllib.parse, urllib.request
page = pathlib.Path(urllib.request.url2pathname(urllib.parse.urlparse(sys.argv[1]).path))
modes = [oct(path.stat().st_mode & 0o777) for path in (page, page.parent)]
facts = [" ".join(sys.argv), *modes, page.read_text()]
pathlib.Path({told!r}).write_text("\\0".join(facts))
print("this must not reach the terminal")
sys.exit({status})
"""


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, status: int = 0) -> Path:
    """Make a browser that tells what it was given, in the file returned."""
    told, command = folder / "told", folder / "browser"
    command.write_text(BROWSER.format(python=sys.executable, told=str(told), status=status))
    command.chmod(0o700)
    monkeypatch.setenv("BROWSER", str(command))
    return told


async def test_the_token_is_in_a_page_of_ours_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    told = install(home, monkeypatch)
    await open_page(URL)
    argv, mode, folder_mode, page = told.read_text().split("\0")
    assert "s3cret" not in argv
    assert (mode, folder_mode) == ("0o600", "0o700")
    assert page.count('"http://127.0.0.1:8888/lab?token=s3cret%26next%3D%22"') == 1
    assert capfd.readouterr().out == ""


async def test_pages_go_at_the_end_and_old_ones_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(home, monkeypatch)
    await open_page(URL)
    folder = home / "state" / "open"
    for name, age in (("1-killed.html", 3600), ("1-running.html", 1)):
        (folder / name).write_text("")
        then = (folder / name).stat().st_mtime - age
        os.utime(folder / name, (then, then))
    sweep()
    assert [page.name for page in folder.iterdir()] == ["1-running.html"]


async def test_a_browser_that_fails_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(home, monkeypatch, status=1)
    with pytest.raises(NoBrowser, match="did not open"):
        await open_page(URL)
    assert list((home / "state" / "open").iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always something that opens pages")
async def test_without_a_display_none_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not browser._can_open() or "microsoft" in os.uname().release.lower()
    monkeypatch.setattr(browser, "_can_open", lambda: False)
    with pytest.raises(NoBrowser, match="no browser"):
        await open_page(URL)
