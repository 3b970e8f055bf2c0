"""Restricts a login to the algorithms that the ssh configuration allows, and compares those of both sides."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from jupystra_tui.ssh.transport import Transport
from jupystra_tui.ssh.unsupported import NoCommonMethod
from jupystra_tui.text import clean

LISTED_LIMIT = 1000
AUTHENTICATED = ("gcm@openssh.com", "poly1305@openssh.com")
"""The ends of the names of ciphers that need no MAC."""


class _Kind(NamedTuple):
    """A kind of algorithm: its name, its keyword, the option and the lists of the server that hold it."""

    name: str
    keyword: str
    option: str
    offered: tuple[str, ...]


_KINDS = (
    _Kind("key exchange", "kexalgorithms", "kex", ("kex_algo_list",)),
    _Kind("host key type", "hostkeyalgorithms", "key_types", ("server_key_algo_list",)),
    _Kind("cipher", "ciphers", "ciphers", ("client_encrypt_algo_list", "server_encrypt_algo_list")),
    _Kind("MAC", "macs", "digests", ("client_mac_algo_list", "server_mac_algo_list")),
    _Kind("compression", "", "compression", ("client_compress_algo_list", "server_compress_algo_list")),
)
KEYWORDS = (*(kind.keyword for kind in _KINDS if kind.keyword), "pubkeyacceptedalgorithms")


def allowed_algorithms(settings: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return the lists in what `ssh -G` prints, by keyword."""
    lists = {keyword: settings.get(keyword, [""])[0] for keyword in KEYWORDS}
    return {keyword: tuple(names.split(",")) for keyword, names in lists.items() if names}


def allows_key(algorithms: Mapping[str, tuple[str, ...]], kind: str) -> bool:
    """Return whether PubkeyAcceptedAlgorithms allows a key or a certificate of this type; an RSA key has three."""
    accepted = algorithms.get("pubkeyacceptedalgorithms", ())
    names = [kind]
    if kind.startswith("ssh-rsa"):
        end = kind.removeprefix("ssh-rsa")
        names = [f"rsa-sha2-512{end}", f"rsa-sha2-256{end}"]
    return not accepted or any(name in accepted for name in names)


def restrict(transport: Transport, allowed: Mapping[str, tuple[str, ...]]) -> None:
    """Have a transport offer only the algorithms that are allowed, in that order; raises NoCommonMethod."""
    options = transport.get_security_options()
    for kind in _KINDS:
        wanted, ours = allowed.get(kind.keyword, ()), tuple(getattr(options, kind.option))
        common = tuple(name for name in wanted if name in ours)
        if common:
            setattr(options, kind.option, common)
        elif wanted and not (kind.keyword == "macs" and _need_no_mac(options.ciphers)):
            who = f"Your ssh configuration ({kind.keyword})"
            raise _error(
                kind, who, wanted, ours, f"Allow one of this program's for this host: {kind.keyword}."
            )


def no_common_method(host: str, transport: Transport) -> NoCommonMethod | None:
    """Return the error for the first kind of algorithm without a common one, None if there is none."""
    options = transport.get_security_options()
    for kind in _KINDS:
        ours = tuple(getattr(options, kind.option))
        for theirs in (transport.offered.get(name) for name in kind.offered):
            if theirs is not None and not set(theirs) & set(ours):
                hint = "Both lists are in the details: the site can enable one of ours."
                return _error(kind, host, theirs, ours, hint)
    return None


def _need_no_mac(ciphers: Sequence[str]) -> bool:
    return all(cipher.endswith(AUTHENTICATED) for cipher in ciphers)


def _error(kind: _Kind, who: str, theirs: Sequence[str], ours: Sequence[str], hint: str) -> NoCommonMethod:
    return NoCommonMethod(
        f"{who} and this program have no {kind.name} in common",
        hint,
        f"{who}: {clean(', '.join(theirs), LISTED_LIMIT)}\nThis program: {clean(', '.join(ours), LISTED_LIMIT)}",
    )
