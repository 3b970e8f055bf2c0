"""Somebody logs in to the practice cluster."""

import hashlib
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.demo.client import SECONDS, Client, alive, until

NEEDED = {
    *(
        "HOME",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "LD_LIBRARY_PATH",
        "LOGNAME",
        "PATH",
        "PWD",
        "SHELL",
        "TMPDIR",
        "TZ",
    ),
    *("USER", "_", "OLDPWD", "SHLVL"),
}


def test_the_login_node_greets_and_says_its_name(client: Client) -> None:
    argv = [*client.ssh, client.alias, "hostname"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=SECONDS)
    assert done.stdout == "practice-login\n"
    assert done.stderr.startswith("Practice cluster:")


def test_only_the_key_of_the_practice_user_opens_it(client: Client, tmp_path: Path) -> None:
    other = tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other], check=True)
    key = client.folder / "id_ed25519"
    for identity, user in ((other, "you"), (key, "somebody")):
        config = tmp_path / "config"
        config.write_text((client.folder / "ssh_config").read_text().replace(str(key), str(identity)))
        argv = ["ssh", "-F", str(config), "-o", "BatchMode=yes", "-l", user, client.alias, "true"]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=SECONDS)
        assert done.returncode == 255
        assert "Permission denied (publickey)." in done.stderr


def test_nothing_of_the_users_own_environment_comes_along(client: Client) -> None:
    environment = dict(line.partition("=")[::2] for line in client.ask("env").splitlines())
    assert environment.keys() & os.environ.keys() <= NEEDED
    assert environment["HOME"] == str(client.folder / "home")
    assert environment["USER"] == "you"


def test_a_login_without_a_command_gets_instructions(client: Client) -> None:
    argv = [*client.ssh, client.alias]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 1
    assert "runs commands only, for example: squeue --me" in done.stderr


def test_a_kept_shell_answers_line_by_line(client: Client) -> None:
    argv = [*client.ssh, "-q", client.alias, "exec /bin/sh"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as shell:
        assert shell.stdin
        assert shell.stdout
        for number in range(3):
            print(f"echo $(({number} * 7))", file=shell.stdin, flush=True)
            assert shell.stdout.readline() == f"{number * 7}\n"
        shell.stdin.close()
        assert shell.wait(SECONDS) == 0


def test_much_goes_both_ways_at_once_and_the_exit_code_comes_back(client: Client) -> None:
    sent = os.urandom(8_000_000)
    done = client.run("head -c 3000000 /dev/zero >&2; cat; exit 7", sent)
    assert done.returncode == 7
    assert hashlib.sha256(done.stdout).digest() == hashlib.sha256(sent).digest()
    assert len(done.stderr) == 3_000_000


def test_a_command_ends_with_the_connection_of_who_ran_it(client: Client) -> None:
    pids = client.folder / "home" / "pids"
    argv = [*client.ssh, "-q", client.alias, f"sleep 600 & echo $! $$ > {pids}; wait"]
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL) as session:
        left = until(lambda: pids.read_text().split() if pids.exists() else [], "the command to start")
        session.send_signal(signal.SIGKILL)
    until(lambda: not any(alive(int(pid)) for pid in left), "the command to end")


def test_a_connection_carries_ten_sessions_and_no_eleventh(client: Client, tmp_path: Path) -> None:
    control = ["-S", f"{client.folder}/ctl-many"]
    argv = [*client.ssh, "-q", *control]
    master = subprocess.Popen([*argv, "-M", client.alias, "cat"], stdin=subprocess.PIPE)
    others: list[subprocess.Popen[bytes]] = []
    try:
        until(Path(control[1]).exists, "the master connection")
        for _ in range(9):
            session = [*argv, "-o", "ProxyCommand=false", client.alias, "echo in; cat"]
            other = subprocess.Popen(session, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            others.append(other)
            assert other.stdout
            assert other.stdout.readline() == b"in\n"
        eleventh = subprocess.run([*argv, "-o", "ProxyCommand=false", client.alias, "true"], check=False)
        assert eleventh.returncode == 255
    finally:
        for process in (*others, master):
            process.communicate(timeout=SECONDS)


@pytest.mark.parametrize("node", ["p1", "p2"])
def test_the_login_node_knows_the_host_keys_of_the_nodes(client: Client, node: str) -> None:
    found = client.ask(f"ssh-keygen -F {node} -f ~/.ssh/known_hosts")
    assert f"{node} ssh-ed25519 " in found
