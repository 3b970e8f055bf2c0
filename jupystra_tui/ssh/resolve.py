"""Where and how to connect, read from `ssh -G`: paramiko and OpenSSH then use the same configuration."""

import asyncio
import getpass
import os
import re
import shutil
import signal
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from msgspec import Struct

from jupystra_tui.errors import ConfigError
from jupystra_tui.model import Cluster
from jupystra_tui.model.cluster import AUTOMATIC
from jupystra_tui.ssh import setting_values as values
from jupystra_tui.ssh.algorithms import allowed_algorithms
from jupystra_tui.ssh.auth_settings import DEFAULT_ANSWERS, DEFAULT_METHODS, enabled_methods
from jupystra_tui.ssh.server_info import AuthMethod
from jupystra_tui.text import clean, clean_lines

SECONDS = 10.0
_SHELL = (
    r"\s\x00-\x1f\x7f'`\"$;&<>|(){}"  # special to the shell of a ProxyCommand; ssh rejects them since 9.6
)
_HOST = re.compile(rf"(?!-)[^{_SHELL}\\]+")
_USER = re.compile(rf"(?!-)[^{_SHELL}]*")
_NAME_REFUSED = re.compile(r"(hostname|remote username) contains invalid characters")
_CANNOT_FORK, _NO_FORK = "Cannot fork into background", "-oForkAfterAuthentication=no"
_NAMES_HINT = "Write user@host, or an alias of ~/.ssh/config."
HOST_LIMIT = 1024  # bytes; OpenSSH's NI_MAXHOST is 1025
USER_LIMIT = 256  # bytes; Linux allows 32, directories more
SHOWN = 60
REFUSAL_LIMIT = 200
UNEXPANDED = ("identityfile", "certificatefile", "revokedhostkeys")


class Endpoint(Struct, frozen=True):
    """A login node as OpenSSH would reach it.

    `known_as` is the name of its host key in known_hosts. `agent` is the socket of the agent, empty for none.
    `methods` are the authentication methods to try, the preferred first; at most `answers` answers or passphrases may
    be wrong; with `batch` nothing is asked. `algorithms` are those that the configuration allows, by keyword.
    `proxy` is a shell command whose standard input and output reach the login node, empty for a direct connection;
    `jump` is its first jump host, as ssh itself takes it, empty where it is another command.
    `published` are fingerprints that the site publishes. `append_to` is the file that a trusted key is added to, None
    where the configuration has none of the user's own; `revoked_keys` lists keys that no host may show.
    `transport` is the cluster's setting; `settings` are all values of each keyword that `ssh -G` printed.
    """

    alias: str
    host: str
    port: int
    user: str
    known_as: str
    identities: tuple[Path, ...] = ()
    identities_only: bool = False
    certificates: tuple[Path, ...] = ()
    agent: str = ""
    methods: tuple[AuthMethod, ...] = DEFAULT_METHODS
    answers: int = DEFAULT_ANSWERS
    batch: bool = False
    algorithms: dict[str, tuple[str, ...]] = {}
    known_hosts: tuple[Path, ...] = ()
    append_to: Path | None = None
    revoked_keys: Path | None = None
    hash_known_hosts: bool = False
    strict: bool = False
    proxy: str = ""
    jump: str = ""
    ssh_config: str = ""
    published: tuple[str, ...] = ()
    transport: str = AUTOMATIC
    settings: dict[str, list[str]] = {}

    @property
    def place(self) -> str:
        """The login node in our file names: its host, and its port if that is not 22."""
        return self.host if self.port == 22 else f"{self.host}-{self.port}"


def ssh_program() -> str:
    """Return the path of OpenSSH's client; raises ConfigError where there is none."""
    found = shutil.which("ssh")
    if not found:
        raise ConfigError(
            "OpenSSH's client was not found",
            "Install `ssh` (openssh-client) and make sure that it is on the PATH.",
        )
    return found


async def resolve(cluster: Cluster, agent: str = "") -> Endpoint:
    """Return the endpoint of a cluster; `agent` is the socket of the user's agent. Raises ConfigError."""
    _check_names(cluster)
    options = ["-p", str(cluster.port)] if cluster.port else []
    options += ["-l", cluster.user] if cluster.user else []
    words = (*options, "--", cluster.host)
    read = partial(_settings, cluster, agent)
    endpoint = read_settings(await _expanded(read, words), cluster, agent)
    _check_endpoint(endpoint)
    return endpoint


async def first_hop(endpoint: Endpoint) -> tuple[str, int] | None:
    """Return host and port that ssh connects to first when there are jump hosts; None if that is not known.

    Raises ConfigError.
    """
    if not endpoint.jump:
        return None
    hop = Cluster("", endpoint.jump, ssh_config=endpoint.ssh_config)
    found = read_settings(await _settings(hop, endpoint.agent, "--", endpoint.jump), hop)
    return None if found.proxy else (found.host, found.port)


async def _expanded(read: Callable[..., Awaitable[str]], words: tuple[str, ...]) -> str:
    """Return what `ssh -G` prints, with tokens and environment variables replaced also where it leaves them.

    ssh itself replaces them: it does so in a ControlPath, which has the same ones. `read` runs `ssh -G`.
    """
    text = await read(*words)
    lines = text.splitlines()
    for number, line in enumerate(lines):
        keyword, _, value = line.partition(" ")
        if keyword in UNEXPANDED and re.search(r"%|\$\{", value):
            option = f'-oControlPath="{value}"'
            found = values.by_keyword(await read(option, *words))
            lines[number] = f"{keyword} {found.get('controlpath', [value])[0]}"
    return "\n".join(lines)


async def _settings(cluster: Cluster, agent: str, *words: str) -> str:
    """Return what `ssh -G` prints with further `words`; raises ConfigError. `agent` is the user's SSH_AUTH_SOCK."""
    argv = [ssh_program(), *(("-F", cluster.ssh_config) if cluster.ssh_config else ()), "-G", "-T", *words]
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, **({"SSH_AUTH_SOCK": agent} if agent else {})},
    )
    try:
        async with asyncio.timeout(SECONDS):
            out, err = await process.communicate()
    except TimeoutError as error:
        os.killpg(process.pid, signal.SIGKILL)
        raise ConfigError(
            f"ssh took more than {SECONDS:.0f} s to read its configuration",
            "Check the `Match exec` lines in it.",
        ) from error
    if process.returncode:
        stderr = clean_lines(err).strip() or "no reason given"
        if stderr.startswith(_CANNOT_FORK) and _NO_FORK not in words:
            return await _settings(cluster, agent, _NO_FORK, *words)
        if refused := _NAME_REFUSED.fullmatch(stderr):
            raise no_host_name(cluster.host) if refused[1] == "hostname" else _no_user_name(cluster.user)
        raise ConfigError(
            f"ssh cannot read its configuration for {cluster.host}: {stderr.splitlines()[0]}",
            "Fix ~/.ssh/config (or the file given with -F).",
            stderr,
        )
    return out.decode(errors="surrogateescape")


def no_host_name(host: str, detail: str = "") -> ConfigError:
    """Return the error of an invalid host name."""
    return ConfigError(f"{clean(host, SHOWN) or 'nothing'} is not a host name", _NAMES_HINT, detail)


def _no_user_name(user: str) -> ConfigError:
    return ConfigError(f"{clean(user, SHOWN)} is not a user name", _NAMES_HINT)


def _check_names(cluster: Cluster) -> None:
    """Raise ConfigError for an invalid host or user."""
    if not _HOST.fullmatch(cluster.host) or not _fits(cluster.host, HOST_LIMIT):
        raise no_host_name(cluster.host)
    if not _USER.fullmatch(cluster.user) or not _fits(cluster.user, USER_LIMIT):
        raise _no_user_name(cluster.user)


def _check_endpoint(endpoint: Endpoint) -> None:
    """Raise ConfigError for names, also from the ssh configuration, that cannot be looked up or sent."""
    if not _fits(endpoint.user, USER_LIMIT):
        raise _no_user_name(endpoint.user)
    if endpoint.proxy:
        return  # the command looks the host up, and reports its own errors
    try:
        endpoint.host.encode("idna")
    except UnicodeError as error:
        raise no_host_name(endpoint.host, str(error)) from error


def _fits(name: str, limit: int) -> bool:
    try:
        return len(name.encode()) <= limit
    except UnicodeError:
        return False


def read_settings(text: str, cluster: Cluster, agent: str = "") -> Endpoint:
    """Return the endpoint that the lines of `ssh -G` describe; raises ConfigError where they refuse it."""
    settings = values.by_keyword(text)

    def first(key: str, default: str = "") -> str:
        return settings.get(key, [default])[0]

    _check_refusal(cluster, first("refuseconnection"))
    host, port, user = (
        first("hostname", cluster.host),
        int(first("port", "22")),
        first("user", getpass.getuser()),
    )
    tokens = {"%": "%", "h": host, "n": cluster.host, "p": str(port), "r": user}
    alias = first("hostkeyalias")
    jump = values.expand(first("proxyjump"), tokens)

    def paths(key: str) -> tuple[Path, ...]:
        return tuple(values.path(value) for value in settings.get(key, []) if value != "none")

    own = values.files(first("userknownhostsfile"))
    revoked = first("revokedhostkeys", "none")
    batch = first("batchmode") == "yes"
    answers = 0 if batch else int(first("numberofpasswordprompts", str(DEFAULT_ANSWERS)))
    return Endpoint(
        alias=cluster.host,
        host=host,
        port=port,
        user=user,
        known_as=alias or (host if port == 22 else f"[{host}]:{port}"),
        identities=paths("identityfile"),
        certificates=paths("certificatefile"),
        identities_only=first("identitiesonly") == "yes",
        agent=values.agent(first("identityagent", "SSH_AUTH_SOCK"), agent),
        methods=enabled_methods(settings, answers),
        answers=answers,
        batch=batch,
        algorithms=allowed_algorithms(settings),
        known_hosts=(*own, *values.files(first("globalknownhostsfile"))),
        append_to=own[0] if own else None,
        revoked_keys=None if revoked == "none" else values.path(revoked),
        hash_known_hosts=first("hashknownhosts") == "yes",
        strict=first("stricthostkeychecking") in ("yes", "true"),
        proxy=values.proxy(
            jump, values.expand(first("proxycommand"), tokens), (host, port), cluster.ssh_config
        ),
        jump=values.first_jump(jump),
        ssh_config=cluster.ssh_config,
        published=cluster.fingerprints,
        transport=cluster.transport,
        settings=settings,
    )


def _check_refusal(cluster: Cluster, text: str) -> None:
    """Raise ConfigError with the text of RefuseConnection if there is one."""
    if text:
        raise ConfigError(
            f"Your ssh configuration refuses connections to {cluster.host}: {clean(text, REFUSAL_LIMIT)}",
            "See RefuseConnection in ~/.ssh/config.",
        )
