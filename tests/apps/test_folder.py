"""Logs, and folders that have had their day."""

import os
import time
from pathlib import Path

from jupystra_tui.apps.folder import log_script, parse_log, prune_script
from tests.apps.conftest import LoginNode

MARK = "0f1e2d3c"
DAY = 86400


def age(folder: Path, days: float) -> None:
    then = time.time() - days * DAY
    for path in [*folder.rglob("*"), folder]:
        os.utime(path, (then, then))


def test_a_log_is_found_by_job_id_and_by_tag(login: LoginNode) -> None:
    login.folder("t1", id="4711\n", jupyter_log="hello\n")
    login.folder("t2", id="4712\n", jupyter_log="other\n")
    for job in ("4711", "t1"):
        out, err = login.run(log_script(job, MARK))
        assert parse_log(out, MARK) == (f"{login.jobs}/t1/jupyter.log", "hello")
        assert err == ""


def test_only_the_end_of_a_long_log_comes(login: LoginNode) -> None:
    login.folder("t1", id="1\n", jupyter_log="".join(f"line {number}\n" for number in range(100_000)))
    log = parse_log(login.run(log_script("1", MARK, 100))[0], MARK)
    assert log
    assert log[1].endswith("line 99998\nline 99999")
    assert len(log[1]) <= 100


def test_a_log_cannot_reach_the_terminal(login: LoginNode) -> None:
    login.folder("t1", id="1\n", jupyter_log="\x1b]52;c;AAAA\x07a\x1b[2Jb\r\n50%\r100%\r\n")
    log = parse_log(login.run(log_script("1", MARK))[0], MARK)
    assert log
    assert log[1] == "ab\n100%"


def test_no_log_is_none(login: LoginNode) -> None:
    login.folder("t1", id="1\n")
    for job in ("1", "t1", "9", "*", "", "a'b"):
        out, err = login.run(log_script(job, MARK))
        assert (parse_log(out, MARK), err) == (None, "")


def test_of_two_folders_with_one_id_the_newest_log_counts(login: LoginNode) -> None:
    for tag, days in (("a", 1), ("b", 0.1), ("c", 30)):
        age(login.folder(tag, id="1\n", jupyter_log=f"{tag}\n"), days)
    log = parse_log(login.run(log_script("1", MARK))[0], MARK)
    assert log
    assert log[1] == "b"


def test_old_folders_go_and_the_others_stay(login: LoginNode) -> None:
    for tag, days, files in (
        ("old", 40, {"id": "1\n", "jupyter_log": "x"}),
        ("young", 3, {"id": "2\n"}),
        ("waiting", 40, {"id": "3\n"}),
        ("jupyter", 40, {"id": "4\n", "jpserver": "{}"}),
        ("app", 364, {"id": "7\n", "server": "app mine\n"}),
        ("killed jupyter", 366, {"id": "8\n", "jpserver": "{}"}),
        ("app of last year", 366, {"id": "9\n", "server": "app mine\n"}),
        ("nameless", 40, {}),
        ("with space", 40, {"id": "5\n"}),
    ):
        age(login.folder(tag, **files), days)
    fresh_log = login.folder("busy", id="6\n", jupyter_log="x")
    age(fresh_log, 40)
    (fresh_log / "jupyter.log").write_text("still here")
    out, err = login.run(prune_script(30, ["3", "33"]))
    assert (out, err) == (b"", "")
    assert sorted(path.name for path in login.jobs.iterdir()) == [
        "app",
        "busy",
        "jupyter",
        "waiting",
        "young",
    ]


def test_with_an_empty_queue_too(login: LoginNode) -> None:
    age(login.folder("old", id="1\n"), 40)
    age(login.folder("nameless"), 40)
    login.run(prune_script(30, []))
    assert list(login.jobs.iterdir()) == []


def test_nothing_behind_a_link_is_touched(login: LoginNode) -> None:
    treasure = login.home / "treasure"
    treasure.mkdir()
    (treasure / "thesis").write_text("words")
    age(treasure, 400)
    login.jobs.mkdir(parents=True)
    (login.jobs / "link").symlink_to(treasure)
    assert login.run(prune_script(30, [])) == (b"", "")
    assert (treasure / "thesis").exists()


def test_without_any_folder_nothing_happens(login: LoginNode) -> None:
    assert login.run(prune_script(30, [])) == (b"", "")
