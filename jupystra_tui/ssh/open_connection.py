"""Logging in: dial, verify the host's key, climb the authenticator of methods."""

import asyncio
import concurrent.futures
import math
import select
import socket
import threading

import paramiko
from msgspec import structs
from paramiko.ssh_exception import SSHException

from jupystra_tui.errors import AuthError, ConnectError, GivenUp, HostKeyError, JupystraError
from jupystra_tui.model import HostKey, Prompt
from jupystra_tui.ssh import host_keys
from jupystra_tui.ssh.agent import agent_error
from jupystra_tui.ssh.askpass import Askpass
from jupystra_tui.ssh.askpass_answers import JumpHostAnswers
from jupystra_tui.ssh.authenticator import USER_SECONDS, Authenticator, too_late
from jupystra_tui.ssh.callbacks import Ask, Report
from jupystra_tui.ssh.connection import HANDSHAKE_SECONDS, Connection, end
from jupystra_tui.ssh.environment import environment
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.host_keys import HostKeyStatus, KnownKey
from jupystra_tui.ssh.known_hosts import add_key
from jupystra_tui.ssh.login_socket import LoginSocket, ProxySocket, open_login_socket, open_proxy_socket
from jupystra_tui.ssh.paramiko_private import Transport
from jupystra_tui.ssh.public_key import fingerprint
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret, clean

NOT_PUBLISHED = "The site publishes other fingerprints: do not trust this one before you have asked."
LOOK_SECONDS = 1.0


async def open_connection(
    endpoint: Endpoint, ask: Ask, tell: Report, trusted: set[str], vault: Vault, folders: Folders
) -> Connection:
    """Dial, verify the host's key and log in.

    `trusted` holds the fingerprints that the person accepted for this session only; it is added to. Raises
    ConnectError, HostKeyError, AuthError, GivenUp. Cancelling it closes the socket: nothing more is sent. The password
    that came with the request is gone when it returns.
    """
    try:
        if folders.note:
            tell(folders.note)
        endpoint = await _without_ill_agent(endpoint, tell)
        tell(f"calling {endpoint.host}")
        if endpoint.proxy:
            return await _connect_by_proxy(endpoint, ask, tell, trusted, vault, folders)
        return await _log_in(await open_login_socket(endpoint), endpoint, ask, tell, trusted, vault)
    finally:
        vault.drop_given()


async def _connect_by_proxy(
    endpoint: Endpoint, ask: Ask, tell: Report, trusted: set[str], vault: Vault, folders: Folders
) -> Connection:
    line: ProxySocket | None = None
    answers = JumpHostAnswers(f"on the way to {endpoint.alias}", ask, tell, vault)

    def give_up(why: JupystraError) -> None:
        if line:
            line.give_up(why)

    askpass = Askpass(folders.runtime, folders.state, answers, give_up)
    await askpass.start()
    try:
        line = open_proxy_socket(endpoint.proxy, environment(endpoint.agent), askpass)
        connection = await _log_in(line, endpoint, ask, tell, trusted, vault)
        answers.accepted()
        return connection
    finally:
        askpass.close()


async def _log_in(
    line: LoginSocket, endpoint: Endpoint, ask: Ask, tell: Report, trusted: set[str], vault: Vault
) -> Connection:
    loop = asyncio.get_running_loop()
    questions: set[concurrent.futures.Future[Secret]] = set()
    transport: Transport | None = None
    authenticator: Authenticator | None = None

    async def ask_while_there(prompt: Prompt) -> Secret:
        return await _while_there(ask, prompt, transport, line, f"{endpoint.user}@{endpoint.alias}")

    def ask_from_thread(prompt: Prompt) -> Secret:
        question = asyncio.run_coroutine_threadsafe(ask_while_there(prompt), loop)
        questions.add(question)
        return question.result()

    def tell_from_thread(step: str) -> None:
        loop.call_soon_threadsafe(tell, step)

    try:
        transport = Transport(line.sock)
        await _verify(transport, line, endpoint, ask_while_there, tell, trusted)
        authenticator = Authenticator(transport, endpoint, ask_from_thread, tell_from_thread, vault)
        await in_thread(authenticator.run)
        transport.limits.lift()
        if authenticator.password:
            vault.hold_login_password(authenticator.password)
        usable = structs.replace(endpoint, agent="") if authenticator.agent_lost else endpoint
        connection = Connection(usable, line, transport, authenticator.server_info)
        connection.start()
        return connection
    except BaseException as error:
        for question in questions:
            question.cancel()
        reason: JupystraError | None = transport.limits.failure if transport else None
        if not reason and isinstance(error, (SSHException, EOFError, OSError)):
            reason = await in_thread(line.failure)
        if authenticator:
            authenticator.close()  # else the transport waits for the agent
        await in_thread(end, transport, line)
        raise (reason or _translated(endpoint, error)) from error
    finally:
        if authenticator:
            authenticator.close()
            if authenticator.password:
                authenticator.password.wipe()


async def _while_there(
    ask: Ask, prompt: Prompt, transport: paramiko.Transport | None, line: LoginSocket, asker: str
) -> Secret:
    """Return a person's answer; a server that hangs up meanwhile closes the question. Raises AuthError, GivenUp."""
    question = asyncio.ensure_future(ask(prompt))
    try:
        while True:
            await asyncio.wait([question], timeout=LOOK_SECONDS)
            answer = question.result() if question.done() else None
            if _hung_up(transport, line):
                raise too_late(asker)
            if answer is not None:
                return answer
    finally:
        question.cancel()


async def _without_ill_agent(endpoint: Endpoint, tell: Report) -> Endpoint:
    """Return the endpoint without an agent that does not answer: ssh itself would wait for it for ever."""
    why = await in_thread(agent_error, endpoint.agent) if endpoint.agent else ""
    if not why:
        return endpoint
    tell(f"{why}: going on without it")
    return structs.replace(endpoint, agent="")


def shake_hands(transport: paramiko.Transport, patient: bool, known: tuple[KnownKey, ...]) -> tuple[str, str]:
    """Return type and blob of the key that the host proved to have."""
    _prefer(transport, [key.type for key in known if not key.marker])
    seconds = USER_SECONDS if patient else HANDSHAKE_SECONDS
    transport.banner_timeout = math.inf  # paramiko's own limits go by the clock on the wall, which jumps
    done = threading.Event()
    transport.start_client(event=done)
    if not done.wait(seconds):
        raise TimeoutError(f"no ssh handshake within {seconds:.0f} s")
    if not transport.is_active():
        raise transport.get_exception() or SSHException("Negotiation failed.")
    key = transport.get_remote_server_key()
    return key.get_name(), key.get_base64()


async def _verify(
    transport: Transport,
    line: LoginSocket,
    endpoint: Endpoint,
    ask: Ask,
    tell: Report,
    trusted: set[str],
) -> None:
    known = await in_thread(host_keys.lookup, endpoint.known_as, endpoint.known_hosts)
    async with line.watched(tell):
        type_, blob = await in_thread(shake_hands, transport, bool(endpoint.proxy), known)
    transport.limits.begin_login()
    known += await in_thread(host_keys.revocations, endpoint.revoked_keys, type_, blob)
    status = host_keys.host_key_status(type_, blob, known)
    if status in (HostKeyStatus.CHANGED, HostKeyStatus.REVOKED):
        raise host_keys.host_key_refused(endpoint.known_as, type_, blob, status, known)
    seen = fingerprint(blob)
    shown = HostKey(endpoint.known_as, type_, seen, published=seen in endpoint.published)
    if status is HostKeyStatus.UNKNOWN and shown.fingerprint not in trusted:
        if endpoint.strict:
            raise HostKeyError(
                f"The key of {endpoint.known_as} is not known, and StrictHostKeyChecking forbids to ask",
                "Add it to your known_hosts, or change that setting in ~/.ssh/config.",
                f"{shown.type} {shown.fingerprint}",
            )
        published = NOT_PUBLISHED if endpoint.published and not shown.published else ""
        notes = "\n".join(
            filter(
                None, [published, host_keys.known_hosts_warnings(endpoint.known_hosts, endpoint.append_to)]
            )
        )
        if await host_keys.confirm_host_key(ask, shown, notes) == "trust":
            _file(endpoint, type_, blob, tell)
        trusted.add(shown.fingerprint)
    tell("host key known" if status is HostKeyStatus.KNOWN else "host key trusted")


def _file(endpoint: Endpoint, type_: str, blob: str, tell: Report) -> None:
    """Add the trusted key to known_hosts; where that cannot be, the session goes on with it all the same."""
    name = endpoint.known_as
    if endpoint.append_to is None:
        tell(f"{host_keys.NO_FILE}: trusted for this session only")
        return
    try:
        add_key(endpoint.append_to, name, type_, blob, hashed=endpoint.hash_known_hosts)
    except HostKeyError as error:
        tell(f"{error.title}: trusted for this session only")


def _prefer(transport: paramiko.Transport, types: list[str]) -> None:
    """Ask for the types of key that are on file first, as OpenSSH does: else a host with several seems changed."""
    wanted = [
        name
        for type_ in types
        for name in (("rsa-sha2-512", "rsa-sha2-256") if type_ == "ssh-rsa" else (type_,))
    ]
    options = transport.get_security_options()
    options.key_types = tuple(sorted(options.key_types, key=lambda name: name not in wanted))


def _hung_up(transport: paramiko.Transport | None, line: LoginSocket) -> bool:
    """Return whether the server is gone; a thread that waits for a person does not read, so it must look."""
    if transport is None or not transport.is_active():
        return True
    try:
        readable, _, _ = select.select([line.sock], [], [], 0)
        return bool(readable) and line.sock.recv(1, socket.MSG_PEEK) == b""
    except (TimeoutError, BlockingIOError):
        return False  # the transport's thread took what there was to read
    except (OSError, ValueError):
        return True


def _translated(endpoint: Endpoint, error: BaseException) -> BaseException:
    if isinstance(error, (concurrent.futures.CancelledError, GivenUp)):
        return (
            error
            if isinstance(error, GivenUp)
            else GivenUp("The login was given up", "Nothing more was sent.")
        )
    if isinstance(error, JupystraError) or not isinstance(error, (SSHException, EOFError, OSError)):
        return error
    words = clean(str(error) or type(error).__name__)
    if "ncompatible" in words or "no acceptable" in words.lower():
        return ConnectError(
            f"{endpoint.host} speaks only encryption that is no longer safe",
            "Ask the site to renew its ssh server.",
            words,
        )
    if isinstance(error, (EOFError, OSError)) or "banner" in words or "No existing session" in words:
        return ConnectError(
            f"{endpoint.host} answered, but not as an ssh server in time",
            "It may be overloaded: try again.",
            words,
        )
    return AuthError(f"The login to {endpoint.alias} broke off: {words}", "Try again.", words)
