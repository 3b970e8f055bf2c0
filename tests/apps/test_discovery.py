"""Finding servers by the runtime files in the jobs' folders."""

import json
import os
import random

import pytest

from jupystra_tui.apps.access import Access
from jupystra_tui.apps.discovery import (
    FOLDERS,
    LINES,
    JobFolder,
    discovery_script,
    one_folder_script,
    parse_folder,
    parse_servers,
)
from jupystra_tui.model import AppServer
from jupystra_tui.model.address import base_path
from jupystra_tui.model.names import host_name
from tests.apps.conftest import LoginNode
from tests.hostile import NO_HOST_NAMES, NO_JOB_IDS, REFUSED_PATHS

MARK = "0f1e2d3c"
TOLD = {
    "base_url": "/", "hostname": "127.0.0.1", "port": 18182, "root_dir": "/home/alice/files",
    "token": "s3cret", "version": "2.21.1", "pid": 7, "secure": False, "sock": "",
}  # fmt: skip


WRITTEN = """app counter
job 4711
node c9
port 17001
path /base/
title Counter
ready ready
page start
header Authorization: Bearer {token}
query key
"""


def told(**changed: object) -> str:
    return json.dumps(TOLD | changed, indent=2)


def test_a_running_server_is_found_with_its_token(login: LoginNode) -> None:
    login.folder("t1", id="4711\n", node="c1\n", jpserver=told())
    out, err = login.run(discovery_script(MARK))
    [found] = parse_servers(out, MARK)
    assert found.server == AppServer("4711", "t1", "c1", 18182, "/", "2.21.1", "/home/alice/files")
    assert found.token.reveal() == "s3cret"
    assert "s3cret" not in repr(found)
    assert err == ""


def test_the_server_of_any_app_is_found_by_its_server_file(login: LoginNode) -> None:
    login.folder("t1", id="4711\n", node="c1\n", app="counter\n", server=WRITTEN, token="s3cret")
    out, err = login.run(discovery_script(MARK))
    [found] = parse_servers(out, MARK)
    assert found.server == AppServer("4711", "t1", "c1", 17001, "/base/", app="counter")
    assert found.token.reveal() == "s3cret"
    assert found.access == Access("Counter", "ready", "start", "Authorization: Bearer {token}", "key")
    assert err == ""


def test_a_runtime_file_corrects_port_and_path_where_the_app_names_a_pattern(login: LoginNode) -> None:
    mine = told(base_url="/mine/")
    login.folder("t1", id="1\n", node="c1\n", app="x\n", server=WRITTEN, token="t", jpserver=mine)
    pattern = WRITTEN + "runtime *server-*.json\n"
    login.folder("t2", id="2\n", node="c1\n", app="x\n", server=pattern, token="t", jpserver=mine)
    login.folder("t3", id="3\n", node="c1\n", app="x\n", server=pattern, token="t")
    found = parse_servers(login.run(discovery_script(MARK))[0], MARK)
    assert [(one.server.port, one.server.path) for one in found] == [
        (17001, "/base/"),
        (18182, "/mine/"),
        (17001, "/base/"),
    ]


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("port 17001", "port 0"), ("port 17001", "port 65536"), ("port 17001", "port 8080@evil.example"),
        ("port 17001", ""), ("app counter", "app ../x"), ("app counter", ""), ("ready ready", "ready ../x"),
        ("ready ready", "ready @evil.example"), ("page start", "page //evil.example/"), ("query key", "query a=b&c"),
        ("header Authorization: Bearer {token}", "header X: a\r{token}"), ("query key", "query \x1b[2J"),
        ("header Authorization: Bearer {token}", "header X: fixed"), ("title Counter", "title \x1b[2Jx"),
        ("query key", "statistics shell"), ("query key", "runtime ../../*"),
    ],
)  # fmt: skip
def test_a_server_file_that_holds_what_cannot_be_is_not_believed(
    node: LoginNode, line: str, other: str
) -> None:
    assert line in WRITTEN
    text = WRITTEN.replace(line, other)
    node.folder("t1", id="1\n", node="c1\n", app="x\n", server=text, token="t")
    assert parse_servers(node.run(discovery_script(MARK))[0], MARK) == ()


def test_the_path_of_a_server_file_that_could_lead_elsewhere_is_not_a_path() -> None:
    for path in REFUSED_PATHS:
        text = WRITTEN.replace("/base/", path)
        record = f"\x1e{MARK}server\x1ft1\x1f1\x1fc1\x1ft\x1f{text}\x1f".encode()
        for found in parse_servers(record, MARK):
            assert not found.server.path or not path.isprintable()
            assert found.server.path in ("", base_path(found.server.path))


def test_a_poll_reads_so_many_folders_and_lines_at_most(login: LoginNode) -> None:
    for number in range(FOLDERS + 20):
        login.folder(f"t{number:04}", id="1\n", node="c1\n", app="x\n", server=WRITTEN, token="t")
    (login.jobs / "t0419" / "server").write_text("x\n" * LINES + WRITTEN)
    found = parse_servers(login.run(discovery_script(MARK))[0], MARK)
    assert [found[0].server.tag, found[-1].server.tag, len(found)] == ["t0020", "t0418", FOLDERS - 1]


def test_a_job_that_starts_is_not_taken_for_one_of_an_earlier_version(login: LoginNode) -> None:
    login.folder("t1", id="1\n", node="c1\n", app="jupyterlab\n", jpserver=told())
    assert parse_servers(login.run(discovery_script(MARK))[0], MARK) == ()


def test_nothing_there_prints_nothing(login: LoginNode) -> None:
    assert login.run(discovery_script(MARK)) == (b"", "")
    login.folder("t1", id="4711\n")
    assert login.run(discovery_script(MARK)) == (b"", "")


def test_what_cannot_be_read_waits_for_the_next_look(login: LoginNode) -> None:
    login.folder("t1", id="1\n", node="c1\n", jpserver=told()[:60])
    login.folder("t2", id="2\n", node="c1\n", jpserver="")
    login.folder("t3", id="3\n", node="c1\n", jpserver=told(port=0))
    login.folder("t4", id="4\n", node="c1\n", jpserver="[]")
    login.folder("t5", id="5\n", node="c1\n", jpserver=told(port=True))
    login.folder("t6", node="c1\n", jpserver=told())
    login.folder("t7", id="7\n", jpserver=told())
    out, err = login.run(discovery_script(MARK))
    assert [found.server.tag for found in parse_servers(out, MARK)] == ["t6"]
    assert err == ""


def test_odd_names_and_contents_harm_nobody(login: LoginNode) -> None:
    login.folder("with space * \x1b[31m\n", id="4711\n", node="c1", jpserver=told())
    login.folder("t1", id="4711\nmore\n", node="c1", jpserver=told(root_dir="/x\x1b]0;boo\x07"))
    [found] = parse_servers(login.run(discovery_script(MARK))[0], MARK)
    assert found.server == AppServer("4711", "t1", "c1", 18182, "/", "2.21.1", "/x")


# The shell that reads the file drops blanks around a line, NUL characters and further lines.
@pytest.mark.parametrize(
    "name", [name for name in NO_HOST_NAMES if name.strip() and not set(name) & {"\n", "\0"}]
)
def test_a_node_file_that_holds_no_host_name_is_not_believed(node: LoginNode, name: str) -> None:
    node.folder("t1", id="4711\n", node=name + "\n", jpserver=told())
    out, _ = node.run(one_folder_script("t1", MARK))
    folder = parse_folder(out, MARK)
    assert folder
    assert (folder.job, folder.node) == ("4711", "")
    assert "has an invalid node name" in folder.failure
    assert folder.failure.isprintable()
    assert parse_servers(out, MARK) == ()


@pytest.mark.parametrize("job", NO_JOB_IDS)
def test_an_id_that_no_scheduler_gives_names_no_job(node: LoginNode, job: str) -> None:
    node.folder("t1", id=job, node="c1\n", jpserver=told())
    out, _ = node.run(one_folder_script("t1", MARK))
    assert parse_folder(out, MARK) == JobFolder("t1", "", "c1")
    assert [found.server.job for found in parse_servers(out, MARK)] == [""]


@pytest.mark.parametrize("path", REFUSED_PATHS)
def test_a_base_path_that_could_lead_elsewhere_is_no_path(path: str) -> None:
    record = f"\x1e{MARK}server\x1ft1\x1f1\x1fc1\x1f\x1f\x1f{told(base_url=path)}".encode()
    assert [found.server.path for found in parse_servers(record, MARK)] == [""]


def test_random_answers_never_name_what_is_not_plain() -> None:
    chance = random.Random(9)
    plain = (
        "c1",
        "t1",
        "4711",
        MARK,
        "server",
        "folder",
        "\x1e",
        "\x1f",
        "\n",
        told(),
        WRITTEN,
        "\nport 99999\n",
    )
    pieces = [*NO_HOST_NAMES, *REFUSED_PATHS, *plain]
    for _ in range(2000):
        text = "".join(chance.choice(pieces) for _ in range(chance.randrange(12)))
        for prefix in (
            "server\x1ft1\x1f1\x1f",
            "server\x1ft1\x1f1\x1fc1\x1f\x1f",
            "folder\x1ft1\x1f1\x1f",
            "",
        ):
            answer = f"\x1e{MARK}{prefix}{text}".encode("utf-8", "surrogatepass")
            folder = parse_folder(answer, MARK)
            servers = [found.server for found in parse_servers(answer, MARK)]
            assert all(host_name(one.node) and base_path(one.path) == one.path for one in servers)
            assert folder is None or folder.node == host_name(folder.node)


def test_a_forged_record_in_a_runtime_file_is_part_of_it(login: LoginNode) -> None:
    forged = f"\x1e{'0' * 8}server\x1ft\x1f1\x1fc9\x1f\x1f\x1f{told(port=1)}"
    login.folder("t1", id="4711\n", node="c1\n", jpserver=told(root_dir=forged))
    assert len(parse_servers(login.run(discovery_script(MARK))[0], MARK)) == 1


def test_other_files_are_not_looked_at(login: LoginNode) -> None:
    folder = login.folder("t1", id="1\n", node="c1\n")
    (folder / "runtime" / "jpserver-7-open.html").write_text("<a>")
    (folder / "runtime" / "kernel-1.json").write_text(told())
    (folder / "runtime" / "jpserver-8.json").mkdir()
    assert login.run(discovery_script(MARK)) == (b"", "")


def test_the_classic_notebook_is_found_too(login: LoginNode) -> None:
    folder = login.folder("t1", id="1\n", node="c1\n")
    old = {key: value for key, value in TOLD.items() if key not in ("version", "root_dir")}
    (folder / "runtime" / "nbserver-7.json").write_text(json.dumps(old | {"notebook_dir": "/nb"}))
    [found] = parse_servers(login.run(discovery_script(MARK))[0], MARK)
    assert (found.server.root, found.server.version) == ("/nb", "")


def test_two_servers_come_in_one_look(login: LoginNode) -> None:
    login.folder("t1", id="1\n", node="c1\n", jpserver=told())
    login.folder("t2", id="2\n", node="c2\n", jpserver=told(port=20000))
    found = parse_servers(login.run(discovery_script(MARK))[0], MARK)
    assert [(one.server.job, one.server.node, one.server.port) for one in found] == [
        ("1", "c1", 18182),
        ("2", "c2", 20000),
    ]


def test_a_launch_looks_at_its_own_folder(login: LoginNode) -> None:
    login.folder("other", id="1\n", node="c9\n", jpserver=told())
    login.folder("t1", id="4711\n")
    look = one_folder_script("t1", MARK)
    out, err = login.run(look)
    assert (parse_folder(out, MARK), parse_servers(out, MARK), err) == (JobFolder("t1", "4711"), (), "")
    (login.jobs / "t1" / "node").write_text("c1\n")
    (login.jobs / "t1" / "runtime" / "jpserver-9.json").write_text(told())
    out, _ = login.run(look)
    assert parse_folder(out, MARK) == JobFolder("t1", "4711", "c1")
    assert [found.server.tag for found in parse_servers(out, MARK)] == ["t1"]


def test_a_script_that_gave_up_says_why(login: LoginNode) -> None:
    login.folder(
        "t1", id="1\n", node="c1\n", failure="jupyter was not found on c1; tried: \\x \x1f a\x1b[1mll\n"
    )
    out, _ = login.run(one_folder_script("t1", MARK))
    folder = parse_folder(out, MARK)
    assert folder
    assert folder.failure == "jupyter was not found on c1; tried: \\x · all"


def test_no_folder_yet_is_no_error(login: LoginNode) -> None:
    out, err = login.run(one_folder_script("t1", MARK))
    assert (parse_folder(out, MARK), err) == (JobFolder("t1"), "")
    assert parse_folder(b"", MARK) is None


@pytest.mark.parametrize("tag", ["", "..", "a/b", "a b", "$(id)", "-x", "x" * 65, "é"])
def test_a_tag_is_a_plain_word(tag: str) -> None:
    with pytest.raises(ValueError, match="is no tag"):
        one_folder_script(tag, MARK)


def test_a_file_that_may_not_be_read_is_passed_over(login: LoginNode) -> None:
    folder = login.folder("t1", id="1\n", node="c1\n", jpserver=told())
    (folder / "runtime" / "jpserver-7.json").chmod(0)
    out, _ = login.run(discovery_script(MARK))
    assert len(parse_servers(out, MARK)) == (1 if os.geteuid() == 0 else 0)
