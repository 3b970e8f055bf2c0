"""The connect script against a hostile cluster: what it prints leads to this computer, or it prints no address."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from jupystra_tui.apps import connect_script as connect_script_module
from jupystra_tui.apps.access import JUPYTER, Access
from jupystra_tui.apps.connect_script import connect_script
from jupystra_tui.apps.discovery import DiscoveredServer
from jupystra_tui.errors import TunnelError
from jupystra_tui.model import AppServer, Cluster
from jupystra_tui.model.address import base_path, checked_url
from jupystra_tui.model.names import host_name
from jupystra_tui.schedulers.slurm import SCHEDULER as SLURM
from jupystra_tui.text import Secret
from tests.hostile import HOST_NAMES, NO_HOST_NAMES, PATHS, REFUSED_PATHS


def found(job: str, tag: str, node: str, port: int, path: str = "/") -> DiscoveredServer:
    return DiscoveredServer(AppServer(job, tag, node, port, path), Secret("s3cret"), JUPYTER)


QUERY = SLURM.queue.state_query("4711")
SERVER = found("4711", "t1", "c1", 17686)
SHELLS = [name for name in ("dash", "bash") if shutil.which(name)]
BODY = Path(connect_script_module.__file__).with_name("connect.sh")
FAKE_SSH = Path(__file__).with_name("fakes") / "connecting-ssh"


class Laptop:
    """Runs the script where `ssh` is a stand-in; `says` and `prints` are what came of the latest run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "home/.jupystra/jobs/t1"
        (self.folder / "runtime").mkdir(parents=True)
        (root / "bin").mkdir()
        for name, text in (
            ("squeue", "#!/bin/sh\necho RUNNING\n"),
            ("timeout", '#!/bin/sh\nshift\nexec "$@"\n'),
        ):
            (root / "bin" / name).write_text(text)
            (root / "bin" / name).chmod(0o755)
        shutil.copyfile(FAKE_SSH, root / "bin" / "ssh")
        (root / "bin" / "ssh").chmod(0o755)
        (root / "listed").write_text("")
        self.write(SERVER)

    def write(self, found: DiscoveredServer) -> None:
        """Write the script of a server."""
        (self.root / "connect.sh").write_text(connect_script(Cluster("lab", "hpc"), "ada", QUERY, found))

    def run(self, shell: str, *, node: str = "c1", raw: str = "", **told: object) -> int:
        """Run the script; `told` is what the runtime file says, `raw` all of it."""
        runtime = {"base_url": "/", "port": 18182, "token": "s3cret"} | told
        (self.folder / "id").write_text("4711\n")
        (self.folder / "node").write_text(node + "\n")
        (self.folder / "runtime/jpserver-7.json").write_text(raw or json.dumps(runtime, indent=2))
        return self.start(shell)

    def start(self, shell: str) -> int:
        """Run the script with the job's folder as it is."""
        environment = {
            **os.environ, "LC_ALL": "C.UTF-8", "FAKE": str(self.root),
            "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}",
        }  # fmt: skip
        done = subprocess.run(
            [shell, str(self.root / "connect.sh"), "-L", "8899"], capture_output=True, env=environment, timeout=60,
        )  # fmt: skip
        self.prints, self.says = done.stdout.decode(), done.stderr.decode()
        return done.returncode

    @property
    def asked(self) -> str:
        """What the stand-in for ssh was started with."""
        return (self.root / "ssh.log").read_text()


@pytest.fixture
def here(tmp_path: Path) -> Laptop:
    return Laptop(tmp_path)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_good_folder_gives_an_address(here: Laptop, shell: str) -> None:
    here.run(shell, base_url="/user/a%40b/")
    assert here.prints == "http://127.0.0.1:8899/user/a%40b/?token=s3cret\n", here.says
    assert (here.root / "asked").read_text() == "GET /user/a%40b/api/status HTTP/1.0\n"
    assert "-L 127.0.0.1:8899:127.0.0.1:18182 node" in here.asked


SERVER_FILE = "app hello\njob 4711\nnode c1\nport 17001\npath /b/\ntitle Hello\n"


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("access", "request_line", "address"),
    [
        (Access("Hello", "up", "start", query="key"), "GET /b/up?key=s3cret", "/b/start?key=s3cret"),
        (Access("Hello", header="X-Token: {token}"), "GET /b/", "/b/"),
    ],
)
def test_the_server_of_any_app_is_found_by_its_server_file(
    here: Laptop, shell: str, access: Access, request_line: str, address: str
) -> None:
    (here.folder / "id").write_text("4711\n")
    (here.folder / "node").write_text("c1\n")
    (here.folder / "token").write_text("s3cret")
    (here.folder / "server").write_text(SERVER_FILE)
    (here.folder / "runtime/jpserver-7.json").write_text('{"port": 1}')  # this app names no such file
    here.write(DiscoveredServer(SERVER.server, SERVER.token, access))
    here.start(shell)
    assert here.prints == f"http://127.0.0.1:8899{address}\n", here.says
    assert (here.root / "asked").read_text() == f"{request_line} HTTP/1.0\n"


def fits(shell: str, check: str, text: str) -> bool:
    """Return what one of the script's own checks says."""
    checks = "is_host() (" + BODY.read_text().partition("is_host() (")[2].partition("[ -r ")[0]
    argv = [shell, "-c", f'{checks}\n{check} "$1"', "check", text]
    return subprocess.run(argv, env={**os.environ, "LC_ALL": "C.UTF-8"}).returncode == 0


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_s_own_checks_are_as_strict_as_ours(shell: str) -> None:
    for name in (*NO_HOST_NAMES, *HOST_NAMES):
        assert "\0" in name or fits(shell, "is_host", name) == bool(host_name(name)), name
    for path in (*REFUSED_PATHS, *PATHS.values()):
        assert "\0" in path or fits(shell, "is_path", path) == (base_path(path) == path), path
    for port in ("1", "8888", "65535"):
        assert fits(shell, "is_port", port), port
    for port in (
        "",
        "0",
        "-1",
        "65536",
        "123456",
        "08888",
        "80 80",
        "80\n",
        "$(id)",
        "٣٣٣",
        "8080@evil.example",
    ):
        assert not fits(shell, "is_port", port), port
    for token in ("a b", "x&y=1", "@evil.example", "#", "é", "\x1b[2J", "$(id)", "a\nb", "'"):
        assert not fits(shell, "is_token", token), token
    assert fits(shell, "is_token", "aZ0._~-")


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "path", ["@evil.example/", ".evil.example", "1", "//evil.example/", "/..//", "/x\x1b[2J/"]
)
def test_the_address_leads_to_this_computer_whatever_the_base_path(
    here: Laptop, path: str, shell: str
) -> None:
    here.run(shell, raw=f'{{\n  "base_url": "{path}",\n  "port": 18182,\n  "token": "s3cret"\n}}')
    for line in here.prints.splitlines():
        checked_url(Secret(line), 8899)
    assert bool(here.prints) == bool(base_path(path)), here.says
    assert here.prints or "cannot be part of an address" in here.says
    assert "\x1b" not in here.says


@pytest.mark.parametrize("node", ["@cert-authority *", "-oProxyCommand=touch x", "c1;id", "cé", "\x1b[2Jc1"])
def test_a_node_that_is_no_host_name_is_not_gone_to(here: Laptop, node: str) -> None:
    assert here.run(SHELLS[0], node=node) == 1
    assert "names an invalid node name" in here.says
    assert (here.prints, here.asked.count(" -M ")) == ("", 1)
    assert "\x1b" not in here.says


@pytest.mark.parametrize("port", ["0", "65536", "8080@evil.example"])
def test_a_port_that_is_no_port_is_not_gone_to(here: Laptop, port: str) -> None:
    assert here.run(SHELLS[0], port=port) == 1
    assert (here.prints, here.asked.count(" -M ")) == ("", 1)


@pytest.mark.parametrize("token", ["x&y=1", "é", "\x1b[2J"])
def test_a_token_that_no_address_can_hold_is_left_out(here: Laptop, token: str) -> None:
    here.run(SHELLS[0], raw=f'{{"port": 18182,\n"token": "{token}"\n}}')
    assert here.prints == "http://127.0.0.1:8899/\n"


@pytest.mark.parametrize(
    ("listed", "known"),
    [
        ("c1 ssh-ed25519 AAAAx\n|1|x|y ssh-rsa AAAA+/y== comment\n", ["ssh-ed25519 AAAAx", "ssh-rsa AAAA+/y=="]),
        ("# Host c1 found: line 1\n@cert-authority * ssh-rsa AAAAtwo\n@cert-authority c1 AAAAtwo\n", []),
        ("c1 ssh-ed25519 AAAA\x1bx\nc1 ssh-ed25519 BBBB\nc1 ssh-ed25519 AAAA,x\n", []),
        ("c1 ssh-ed25519 AAAAone\n@revoked c1 ssh-ed25519 AAAAone\n", []),
    ],
)  # fmt: skip
def test_only_plain_keys_of_the_login_node_s_list_are_taken(
    here: Laptop, listed: str, known: list[str]
) -> None:
    (here.root / "listed").write_text(listed)
    here.run(SHELLS[0])
    taken = here.root / "known"
    assert (taken.read_text().splitlines() if taken.exists() else []) == [f"c1.hpc {key}" for key in known]


def test_a_script_is_not_written_for_what_the_cluster_made_up() -> None:
    cluster = Cluster("lab", "hpc")
    for node in NO_HOST_NAMES:
        with pytest.raises(ValueError, match="is not a node"):
            connect_script(cluster, "ada", QUERY, found("4711", "t1", node, 17686))
    for path in (*REFUSED_PATHS, ""):
        with pytest.raises(TunnelError, match="base path"):
            connect_script(cluster, "ada", QUERY, found("4711", "t1", "c1", 17686, path))
    for port in (0, -1, 65536):
        with pytest.raises(ValueError, match="is not a port"):
            connect_script(cluster, "ada", QUERY, found("4711", "t1", "c1", port))
