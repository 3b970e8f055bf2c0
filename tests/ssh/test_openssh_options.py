"""The process that keeps an OpenSSH master ends it with the program that started it."""

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from jupystra_tui.ssh.openssh_options import KEEPER, master_command
from jupystra_tui.ssh.resolve import Endpoint

CHILD = "trap 'exit 7' USR1; echo $$ >pid.tmp; mv pid.tmp pid; while :; do sleep 0.05; done"


def start(folder: Path, child: str) -> "subprocess.Popen[bytes]":
    argv = ["/bin/sh", "-c", KEEPER, "ssh", "/bin/sh", "-c", child]
    return subprocess.Popen(argv, cwd=folder, stdin=subprocess.PIPE, start_new_session=True)


def pid_of(folder: Path) -> int:
    deadline = time.monotonic() + 10
    while not (folder / "pid").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return int((folder / "pid").read_text())


def until_gone(group: int) -> None:
    """Wait until no process of the group is left."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    pytest.fail(f"the group {group} is still there")


@pytest.mark.parametrize("how", ["the program dies", "it is terminated"])
def test_ssh_and_all_that_it_started_end(tmp_path: Path, how: str) -> None:
    with start(tmp_path, CHILD) as process:
        pid_of(tmp_path)
        assert process.stdin
        if how == "the program dies":
            process.stdin.close()
        else:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
        until_gone(process.pid)


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGUSR1])
def test_an_ssh_that_ends_by_itself_ends_its_keeper_with_its_status(
    tmp_path: Path, sign: signal.Signals
) -> None:
    with start(tmp_path, CHILD) as process:
        os.kill(pid_of(tmp_path), sign)
        assert process.wait(10) == (7 if sign is signal.SIGUSR1 else 128 + sign)
        until_gone(process.pid)


def test_paths_reach_ssh_as_they_are() -> None:
    endpoint = Endpoint(
        "hpc", "login", 2222, "ada", "login", known_hosts=(Path("/a b/100%"),), ssh_config="/c/f"
    )
    argv = master_command(endpoint, Path("/run/50%/m"), Path("/run/k"))
    assert argv[argv.index("-S") + 1] == "/run/50%%/m"
    assert '-oUserKnownHostsFile="/run/k" "/a b/100%%"' in argv
    assert argv[-2:] == ["--", "hpc"]
    assert "-oIdentityAgent=none" in argv
    assert "-oConnectTimeout=8" in argv
    assert [argv[argv.index(flag) + 1] for flag in ("-F", "-p", "-l")] == ["/c/f", "2222", "ada"]


@pytest.mark.parametrize(
    ("changes", "limit"),
    [
        ({"proxy": "ssh -W x gate", "settings": {"connecttimeout": ["2"]}}, "none"),
        ({"settings": {"connecttimeout": ["60"]}}, "60"),
        ({"settings": {"connecttimeout": ["1"]}}, "8"),
        ({"settings": {"connecttimeout": ["none"]}}, "8"),
    ],
)
def test_a_longer_time_limit_of_the_user_is_used_and_a_jump_host_has_time_for_questions(
    changes: dict[str, Any], limit: str
) -> None:
    endpoint = Endpoint("hpc", "login", 22, "ada", "login", **changes)
    argv = master_command(endpoint, Path("/run/m"), Path("/run/k"))
    assert [word for word in argv if "ConnectTimeout" in word] == [f"-oConnectTimeout={limit}"]


DISTURBING = {
    "StrictHostKeyChecking no": "stricthostkeychecking ask",
    "StrictHostKeyChecking accept-new": "stricthostkeychecking ask",
    "NoHostAuthenticationForLocalhost yes": "nohostauthenticationforlocalhost no",
    "CheckHostIP yes": "checkhostip no",
    "UpdateHostKeys yes": "updatehostkeys false",
    "FingerprintHash md5": "fingerprinthash SHA256",
    "LogLevel QUIET": "loglevel DEBUG",
    "LogVerbose *:1000": "logverbose none",
    "AddKeysToAgent yes": "addkeystoagent false",
    "ConnectionAttempts 9": "connectionattempts 1",
    "SessionType subsystem": "sessiontype none",
    "ForkAfterAuthentication yes": "forkafterauthentication no",
    "RequestTTY force": "requesttty false",
    "PermitLocalCommand yes": "permitlocalcommand no",
    "ForwardAgent yes": "forwardagent no",
    "Tunnel ethernet": "tunnel false",
    "ControlPersist 60": "controlpersist no",
    "EscapeChar %": "escapechar none",
}


def test_nothing_in_the_configuration_disturbs_the_connection_or_weakens_the_check_of_the_host_key(
    tmp_path: Path,
) -> None:
    config = tmp_path / "config"
    for line, wanted in DISTURBING.items():
        config.write_text(f"{line}\n")
        endpoint = Endpoint("hpc", "login", 22, "ada", "login", ssh_config=str(config))
        argv = master_command(endpoint, tmp_path / "m", tmp_path / "k")
        ssh = argv[argv.index("ssh") + 1 :]
        done = subprocess.run([ssh[0], "-G", *ssh[1:]], capture_output=True, text=True, check=True)
        assert wanted in done.stdout.splitlines(), line
