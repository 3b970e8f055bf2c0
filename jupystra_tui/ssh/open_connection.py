"""Opens a connection to a login node: connects, verifies the host key, authenticates."""

import asyncio
import concurrent.futures
import select
import socket

import paramiko
from msgspec import structs
from paramiko.ssh_exception import SSHException

from jupystra_tui.errors import AuthError, ConnectError, GivenUp, JupystraError
from jupystra_tui.model import Prompt
from jupystra_tui.model.cluster import OPENSSH, PARAMIKO
from jupystra_tui.ssh.agent import agent_error
from jupystra_tui.ssh.askpass import Askpass
from jupystra_tui.ssh.askpass_answers import JumpHostAnswers
from jupystra_tui.ssh.auth_errors import Heard, WrongAnswers, connection_closed
from jupystra_tui.ssh.authenticator import Authenticator
from jupystra_tui.ssh.callbacks import Ask, Report
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.environment import environment
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.handshake_errors import handshake_error
from jupystra_tui.ssh.host_key_check import verify_host_key
from jupystra_tui.ssh.login_socket import LoginSocket, ProxySocket, open_login_socket, open_proxy_socket
from jupystra_tui.ssh.openssh_login import log_in_by_openssh, use_own_master
from jupystra_tui.ssh.openssh_needs import may_help, reasons
from jupystra_tui.ssh.paramiko_link import ParamikoLink, end
from jupystra_tui.ssh.remembered_answers import RememberedAnswers
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.tcp import peer
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.ssh.transport import Transport
from jupystra_tui.ssh.unsupported import NoCommonMethod, UnsupportedMethod
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret

CHECK_SECONDS = 1.0


async def open_connection(
    endpoint: Endpoint, ask: Ask, report: Report, trusted: set[str], vault: Vault, folders: Folders
) -> Connection:
    """Connect, verify the host key and authenticate.

    `trusted` holds the fingerprints that the user accepted for this session only; it is added to. Raises ConnectError,
    HostKeyError, AuthError, GivenUp. Cancelling it closes the socket: nothing more is sent. The password that came with
    the request is wiped when it returns.
    """
    try:
        if folders.note:
            report(folders.note)
        endpoint = await _without_failed_agent(endpoint, report)
        if endpoint.transport == PARAMIKO:
            report(f"connecting to {endpoint.host}")
            return await _log_in_by_paramiko(endpoint, ask, report, trusted, vault, folders)
        if own := await use_own_master(endpoint, report, folders):
            return own
        why = await needs_openssh(endpoint)
        report(f"connecting to {endpoint.host}" + (f" by OpenSSH: {why}" if why else ""))
        if why:
            return await _by_openssh(why, endpoint, ask, report, trusted, vault, folders)
        return await _by_either(endpoint, ask, report, trusted, vault, folders)
    finally:
        vault.drop_given()


async def needs_openssh(endpoint: Endpoint) -> str:
    """Return why OpenSSH carries the connection, empty if paramiko does; raises HostKeyError, ConfigError."""
    if endpoint.transport == OPENSSH:
        return "the settings say so"
    return "" if endpoint.transport == PARAMIKO else ", ".join(await in_thread(reasons, endpoint))


async def _by_either(
    endpoint: Endpoint, ask: Ask, report: Report, trusted: set[str], vault: Vault, folders: Folders
) -> Connection:
    """Log in by paramiko, or where that fails for a reason of paramiko's own, by OpenSSH, asking nothing twice."""
    with RememberedAnswers(ask) as answers:
        try:
            return await _log_in_by_paramiko(endpoint, answers.ask, report, trusted, vault, folders)
        except (AuthError, ConnectError) as error:
            why = await in_thread(may_help, endpoint, error)
            if not why:
                raise
            report(f"trying OpenSSH: {why}")
            if isinstance(error, WrongAnswers):
                answers.forget_all()
            try:
                return await _by_openssh(why, endpoint, answers.again, report, trusted, vault, folders)
            except (AuthError, ConnectError) as other:
                raise _both_failed(error, other) from error


async def _by_openssh(
    why: str,
    endpoint: Endpoint,
    ask: Ask,
    report: Report,
    trusted: set[str],
    vault: Vault,
    folders: Folders,
) -> Connection:
    connection = await log_in_by_openssh(endpoint, ask, report, trusted, vault, folders)
    connection.why = why
    return connection


def _both_failed(first: JupystraError, second: JupystraError) -> JupystraError:
    """Return OpenSSH's error where paramiko only lacked a method; else paramiko's, which knows more of the keys."""
    shown, other = (
        (second, first) if isinstance(first, (NoCommonMethod, UnsupportedMethod)) else (first, second)
    )
    detail = "\n".join(filter(None, [shown.detail, f"{other.title}\n{other.detail}".strip()]))
    return type(shown)(shown.title, shown.hint, detail, shown.layer, shown.action)


async def _log_in_by_paramiko(
    endpoint: Endpoint, ask: Ask, report: Report, trusted: set[str], vault: Vault, folders: Folders
) -> Connection:
    if endpoint.proxy:
        return await _open_by_proxy(endpoint, ask, report, trusted, vault, folders)
    login_socket = await open_login_socket(endpoint)
    return await _Login(login_socket, endpoint, ask, report, vault).run(trusted)


async def _open_by_proxy(
    endpoint: Endpoint, ask: Ask, report: Report, trusted: set[str], vault: Vault, folders: Folders
) -> Connection:
    proxy: ProxySocket | None = None
    answers = JumpHostAnswers(f"jump host of {endpoint.alias}", ask, report, vault)

    def give_up(why: JupystraError) -> None:
        if proxy:
            proxy.give_up(why)

    askpass = Askpass(folders.runtime, folders.state, answers, give_up)
    await askpass.start()
    try:
        proxy = open_proxy_socket(endpoint.proxy, environment(endpoint.agent, endpoint.ssh_config), askpass)
        connection = await _Login(proxy, endpoint, ask, report, vault).run(trusted)
        answers.accepted()
        return connection
    finally:
        askpass.close()


class _Login:
    """A login over one connected socket, which it closes if the login fails."""

    def __init__(
        self, login_socket: LoginSocket, endpoint: Endpoint, ask: Ask, report: Report, vault: Vault
    ) -> None:
        self._socket = login_socket
        self._endpoint = endpoint
        self._ask_user = ask
        self._report = report
        self._vault = vault
        self._loop = asyncio.get_running_loop()
        self._prompts: set[concurrent.futures.Future[Secret]] = set()
        self._transport: Transport | None = None
        self._authenticator: Authenticator | None = None

    async def run(self, trusted: set[str]) -> Connection:
        """Return the authenticated connection; raises as `open_connection` does."""
        try:
            transport = self._transport = Transport(self._socket.sock)
            await verify_host_key(transport, self._socket, self._endpoint, self._ask, self._report, trusted)
            return await self._authenticate(transport)
        except BaseException as error:
            translated = self._translated(error)  # before this side closes the connection too
            raise (await self._failed(error) or translated) from error
        finally:
            self._forget()

    async def _authenticate(self, transport: Transport) -> Connection:
        authenticator = self._authenticator = Authenticator(
            transport, self._endpoint, self._ask_from_thread, self._report_from_thread, self._vault
        )
        await in_thread(authenticator.run)
        transport.limits.lift()
        if authenticator.password:
            self._vault.hold_login_password(authenticator.password)
        usable = structs.replace(self._endpoint, agent="") if authenticator.agent_lost else self._endpoint
        link = ParamikoLink(transport, self._socket)
        addresses = () if usable.proxy else peer(self._socket.sock)
        connection = Connection(usable, link, authenticator.server_info, addresses)
        connection.start()
        return connection

    async def _failed(self, error: BaseException) -> JupystraError | None:
        """Close all that the login opened; return the reason that the socket or the proxy knows, if there is one."""
        for prompt in self._prompts:
            prompt.cancel()
        reason: JupystraError | None = self._transport.limits.failure if self._transport else None
        if not reason and isinstance(error, (SSHException, EOFError, OSError)):
            reason = await in_thread(self._socket.failure)
        if self._authenticator:
            self._authenticator.close()  # otherwise the transport waits for the agent
        await in_thread(end, self._transport, self._socket)
        return reason

    def _translated(self, error: BaseException) -> BaseException:
        """Return an error of paramiko or a socket as one of ours, any other error as it is."""
        if isinstance(error, concurrent.futures.CancelledError):
            return GivenUp("The login was cancelled", "Nothing more was sent.")
        if isinstance(error, JupystraError) or not isinstance(error, (SSHException, EOFError, OSError)):
            return error
        return handshake_error(self._endpoint.host, self._transport, error)

    def _forget(self) -> None:
        if self._authenticator:
            self._authenticator.close()
            if self._authenticator.password:
                self._authenticator.password.wipe()

    def _ask_from_thread(self, prompt: Prompt) -> Secret:
        answer = asyncio.run_coroutine_threadsafe(self._ask(prompt), self._loop)
        self._prompts.add(answer)
        return answer.result()

    def _report_from_thread(self, step: str) -> None:
        self._loop.call_soon_threadsafe(self._report, step)

    async def _ask(self, prompt: Prompt) -> Secret:
        """Return the user's answer; a prompt ends when the server closes the connection. Raises AuthError, GivenUp."""
        question = asyncio.ensure_future(self._ask_user(prompt))
        try:
            while True:
                await asyncio.wait([question], timeout=CHECK_SECONDS)
                answer = question.result() if question.done() else None
                if is_closed(self._transport, self._socket):
                    raise self._closed_while_asking()
                if answer is not None:
                    return answer
        finally:
            question.cancel()

    def _closed_while_asking(self) -> JupystraError:
        reason = self._transport.disconnect_reason if self._transport else ""
        return connection_closed(f"{self._endpoint.user}@{self._endpoint.alias}", Heard(reason))


async def _without_failed_agent(endpoint: Endpoint, report: Report) -> Endpoint:
    """Return the endpoint without an agent that does not answer: ssh itself would wait for it forever."""
    why = await in_thread(agent_error, endpoint.agent) if endpoint.agent else ""
    if not why:
        return endpoint
    report(f"{why}: continuing without it")
    return structs.replace(endpoint, agent="")


def is_closed(transport: paramiko.Transport | None, login_socket: LoginSocket) -> bool:
    """Return whether the server closed the connection, which the thread that waits for the user does not notice."""
    if transport is None or not transport.is_active():
        return True
    try:
        readable, _, _ = select.select([login_socket.sock], [], [], 0)
        return bool(readable) and login_socket.sock.recv(1, socket.MSG_PEEK) == b""
    except (TimeoutError, BlockingIOError):
        return False  # the transport's thread read what was there
    except (OSError, ValueError):
        return True
