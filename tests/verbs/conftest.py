"""Practice clusters for the verbs: one for each scheduler, and one whose jobs wait for ever."""

import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupystra_tui.demo import PracticeCluster


@pytest.fixture(params=["slurm", "lsf"])
def practice(request: pytest.FixtureRequest) -> Iterator[PracticeCluster]:
    with PracticeCluster(queue_seconds=0.2, scheduler=request.param) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def slow_queue() -> Iterator[PracticeCluster]:
    """A practice cluster on which no job begins."""
    with PracticeCluster(queue_seconds=300.0) as cluster:
        yield cluster


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Return the address that the page of the browser leads to; the browser is a program that keeps the page."""
    browser, page = tmp_path / "browser", tmp_path / "page.html"
    browser.write_text(f'#!/bin/sh\nexec cp "${{1#file://}}" {page}\n')
    browser.chmod(0o700)
    monkeypatch.setenv("BROWSER", str(browser))

    def address() -> str:
        [url] = re.findall(r'<a href="([^"]*)">', page.read_text())
        page.unlink()
        return html.unescape(url)

    return address
