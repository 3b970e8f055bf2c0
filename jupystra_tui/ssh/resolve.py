"""Where and how to connect, read from `ssh -G`: paramiko and OpenSSH then use the same configuration."""

import asyncio
import getpass
import os
import re
import shutil
import signal
from pathlib import Path

from msgspec import Struct

from jupystra_tui.errors import ConfigError
from jupystra_tui.model import Cluster
from jupystra_tui.model.cluster import AUTOMATIC
from jupystra_tui.text import clean, clean_lines

SECONDS = 10.0
_SHELL = (
    r"\s\x00-\x1f\x7f'`\"$;&<>|(){}"  # special to the shell of a ProxyCommand; ssh rejects them since 9.6
)
_HOST = re.compile(rf"(?!-)[^{_SHELL}\\]+")
_USER = re.compile(rf"(?!-)[^{_SHELL}]*")
_NAME_REFUSED = re.compile(r"(hostname|remote username) contains invalid characters")
_NAMES_HINT = "Write user@host, or an alias of ~/.ssh/config."
HOST_LIMIT = 1024  # bytes; OpenSSH's NI_MAXHOST is 1025
USER_LIMIT = 256  # bytes; Linux allows 32, directories more
SHOWN = 60


class Endpoint(Struct, frozen=True):
    """A login node as OpenSSH would reach it.

    `known_as` is the name of its host key in known_hosts. `agent` is the socket of the agent, empty for none.
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
    endpoint = read_settings(await _settings(cluster, *options, "--", cluster.host), cluster, agent)
    _check_endpoint(endpoint)
    return endpoint


async def first_hop(endpoint: Endpoint) -> tuple[str, int] | None:
    """Return host and port that ssh connects to first when there are jump hosts; None if that is not known.

    Raises ConfigError.
    """
    if not endpoint.jump:
        return None
    hop = Cluster("", endpoint.jump, ssh_config=endpoint.ssh_config)
    found = read_settings(await _settings(hop, "--", endpoint.jump), hop)
    return None if found.proxy else (found.host, found.port)


async def _settings(cluster: Cluster, *words: str) -> str:
    """Return what `ssh -G` prints with further `words`; raises ConfigError."""
    argv = [ssh_program(), *(("-F", cluster.ssh_config) if cluster.ssh_config else ()), "-G", "-T", *words]
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
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
    """Return the endpoint that the lines of `ssh -G` describe."""
    settings = _values(text)

    def first(key: str, default: str = "") -> str:
        return settings.get(key, [default])[0]

    host, port, user = (
        first("hostname", cluster.host),
        int(first("port", "22")),
        first("user", getpass.getuser()),
    )
    tokens = _Tokens(host, port, user, cluster.host)
    alias = first("hostkeyalias")

    def paths(key: str) -> tuple[Path, ...]:
        return tuple(tokens.path(value) for value in settings.get(key, []) if value != "none")

    own = _files(first("userknownhostsfile"), tokens)
    revoked = first("revokedhostkeys", "none")
    return Endpoint(
        alias=cluster.host,
        host=host,
        port=port,
        user=user,
        known_as=alias or (host if port == 22 else f"[{host}]:{port}"),
        identities=paths("identityfile"),
        certificates=paths("certificatefile"),
        identities_only=first("identitiesonly") == "yes",
        agent=_agent(first("identityagent", "SSH_AUTH_SOCK"), agent, tokens),
        known_hosts=(*own, *_files(first("globalknownhostsfile"), tokens)),
        append_to=own[0] if own else None,
        revoked_keys=None if revoked == "none" else tokens.path(revoked),
        hash_known_hosts=first("hashknownhosts") == "yes",
        strict=first("stricthostkeychecking") in ("yes", "true"),
        proxy=_proxy(first("proxyjump"), first("proxycommand"), tokens, cluster.ssh_config),
        jump=_first_jump(first("proxyjump")),
        ssh_config=cluster.ssh_config,
        published=cluster.fingerprints,
        transport=cluster.transport,
        settings=settings,
    )


def _values(text: str) -> dict[str, list[str]]:
    """Return all values of each keyword that `ssh -G` printed."""
    settings: dict[str, list[str]] = {}
    for line in text.splitlines():
        key, _, value = line.partition(" ")
        settings.setdefault(key, []).append(value)
    return settings


class _Tokens:
    """Expands `~` and tokens such as `%h` in values that `ssh -G` does not expand."""

    def __init__(self, host: str, port: int, user: str, alias: str) -> None:
        self._values = {
            "%": "%",
            "d": os.path.expanduser("~"),
            "h": host,
            "i": str(os.getuid()),
            "n": alias,
            "p": str(port),
            "r": user,
            "u": getpass.getuser(),
        }

    def expand(self, value: str) -> str:
        return re.sub(r"%(.)", lambda match: self._values.get(match[1], match[0]), value)

    def path(self, value: str) -> Path:
        return Path(os.path.expanduser(self.expand(value.strip('"'))))


def _files(value: str, tokens: _Tokens) -> tuple[Path, ...]:
    """Return the files of a list, from which `ssh -G` has taken the quotes: preferring the longest names that exist."""
    words = [] if value == "none" else value.split(" ")
    files: list[Path] = []
    while words:
        paths = [tokens.path(" ".join(words[:end])) for end in range(1, len(words) + 1)]
        there = [end for end, path in enumerate(paths, 1) if os.path.exists(path) and not os.path.isdir(path)]
        end = max(there, default=0) or _next_path(words)
        files.append(paths[end - 1])
        words = words[end:]
    return tuple(files)


def _next_path(words: list[str]) -> int:
    """Return the index of the second path: the next word that starts with `/` or `~`."""
    return next((at for at, word in enumerate(words) if at and word.startswith(("/", "~"))), len(words))


def _agent(setting: str, socket: str, tokens: _Tokens) -> str:
    if setting == "none":
        return ""
    if setting == "SSH_AUTH_SOCK":
        return socket or os.environ.get("SSH_AUTH_SOCK", "")
    if setting.startswith("$"):
        return os.environ.get(setting.strip("${}"), "")
    return str(tokens.path(setting))


def _proxy(jump: str, command: str, tokens: _Tokens, ssh_config: str) -> str:
    if jump and jump != "none":
        hops = jump.split(",")
        config = f"-F {_quoted(ssh_config)} " if ssh_config else ""
        before = f"-J {_quoted(','.join(hops[:-1]))} " if hops[:-1] else ""
        target = tokens.expand("[%h]:%p")
        return f"ssh {config}{before}-W {_quoted(target)} -- {_quoted(_uri(hops[-1]))}"
    return "" if command in ("", "none") else tokens.expand(command)


def _first_jump(jump: str) -> str:
    return "" if jump in ("", "none") else _uri(jump.split(",")[0])


def _uri(hop: str) -> str:
    return hop if hop.startswith("ssh://") or ":" not in hop else f"ssh://{hop}"


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"
