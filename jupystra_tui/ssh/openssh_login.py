"""Logs in by the user's own OpenSSH: over a master that runs already, or over one that is started for it."""

import asyncio
import contextlib
import secrets
import subprocess
from pathlib import Path

from paramiko.ssh_exception import SSHException

from jupystra_tui.errors import ConnectError, HostKeyError, JupystraError
from jupystra_tui.ssh import host_keys
from jupystra_tui.ssh.askpass import Askpass
from jupystra_tui.ssh.callbacks import Ask, Report
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.environment import environment
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.host_key_check import add_to_known_hosts
from jupystra_tui.ssh.kerberos import ticket
from jupystra_tui.ssh.mux_link import Master, MuxLink
from jupystra_tui.ssh.openssh_answers import MasterAnswers
from jupystra_tui.ssh.openssh_errors import FailedLogin, master_error
from jupystra_tui.ssh.openssh_log import OpenSshLog
from jupystra_tui.ssh.openssh_master import OpenSshMaster
from jupystra_tui.ssh.openssh_needs import unusable_keys
from jupystra_tui.ssh.openssh_options import master_command
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.server_info import ServerInfo
from jupystra_tui.ssh.tcp import Address, addresses
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.ssh.vault import Vault

UNUSABLE = (SSHException, EOFError, OSError)


async def use_own_master(endpoint: Endpoint, report: Report, folders: Folders) -> Connection | None:
    """Return a connection over the master that the user's ControlPath names, None if none answers there."""
    control = Path(endpoint.settings.get("controlpath", ["none"])[0])
    if not control.is_absolute():
        return None
    try:
        link = await in_thread(MuxLink.open, Master(control), folders.runtime)
    except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
        return None  # no master, or one that left its socket behind
    except UNUSABLE:
        report(f"your own OpenSSH master does not answer ({control}): continuing without it")
        return None
    report(f"your own OpenSSH master is used ({control})")
    return await _connection(endpoint, link, ServerInfo("", "", ""))


async def log_in_by_openssh(
    endpoint: Endpoint, ask: Ask, report: Report, trusted: set[str], vault: Vault, folders: Folders
) -> Connection:
    """Start an OpenSSH master and log in; arguments and errors are those of `open_connection`.

    Cancelling it ends ssh with all that it started: nothing more is sent.
    """
    name = secrets.token_hex(4)
    control, new_keys = folders.runtime / f"m-{name}", folders.runtime / f"k-{name}"
    answers = MasterAnswers(endpoint, ask, report, vault, trusted)
    master: OpenSshMaster | None = None

    def give_up(why: JupystraError) -> None:
        if master:
            master.give_up(why)

    askpass = Askpass(folders.runtime, folders.state, answers, give_up)
    await askpass.start()
    try:
        log = OpenSshLog(_from_thread(report), endpoint.known_as, jump=bool(endpoint.proxy))
        argv = master_command(endpoint, control, new_keys)
        master = OpenSshMaster.start(
            argv, environment(endpoint.agent, endpoint.ssh_config), control, askpass, log
        )
        await master.ready(report)
        link = await in_thread(MuxLink.open, master, folders.runtime)
        answers.accepted()
        if answers.password:
            vault.hold_login_password(answers.password)
        known = await in_thread(host_keys.lookup, endpoint.known_as, (new_keys, *endpoint.known_hosts))
        return await _connection(endpoint, link, log.server_info(known, answers.count))
    except BaseException as error:
        failure = await _failure(endpoint, master, askpass, error)
        if master:
            await in_thread(master.close)
        if failure is error:
            raise
        raise failure from error
    finally:
        askpass.close()
        _save_key(endpoint, new_keys, answers, report)
        if answers.password:
            answers.password.wipe()


async def _connection(endpoint: Endpoint, link: MuxLink, server_info: ServerInfo) -> Connection:
    connection = Connection(endpoint, link, server_info, await _addresses(endpoint))
    connection.start()
    return connection


async def _addresses(endpoint: Endpoint) -> tuple[Address, ...]:
    if endpoint.proxy:
        return ()
    with contextlib.suppress(OSError, UnicodeError):
        return await addresses(endpoint.host, endpoint.port)
    return ()


async def _failure(
    endpoint: Endpoint, master: OpenSshMaster | None, askpass: Askpass, error: BaseException
) -> BaseException:
    """Return why the login failed, as an error of ours where ssh or its master said it."""
    if master is None or not isinstance(error, UNUSABLE):
        return error
    if master.given_up:
        return master.given_up
    try:
        stderr, code = await in_thread(master.outcome)
    except subprocess.TimeoutExpired:
        title = "OpenSSH is logged in, but its control socket does not answer"
        return ConnectError(title, "Try again.", str(error))
    unusable = tuple(await in_thread(unusable_keys, endpoint))
    failed = FailedLogin(
        endpoint,
        stderr,
        code,
        askpass.asked,
        tuple(master.log.offered),
        unusable,
        master.log.host_key,
        await in_thread(ticket),
    )
    return master_error(failed)


def _save_key(endpoint: Endpoint, new_keys: Path, answers: MasterAnswers, report: Report) -> None:
    """Save the keys that ssh added for this login, if the user trusts them permanently."""
    with contextlib.suppress(OSError):
        lines = new_keys.read_text(errors="replace").splitlines() if answers.save_key else []
        for type_, blob in dict.fromkeys(tuple(line.split()[1:3]) for line in lines if len(line.split()) > 2):
            with contextlib.suppress(HostKeyError):
                add_to_known_hosts(endpoint, type_, blob, report)
    new_keys.unlink(missing_ok=True)


def _from_thread(report: Report) -> Report:
    loop = asyncio.get_running_loop()

    def call(step: str) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nothing can be reported
            loop.call_soon_threadsafe(report, step)

    return call
