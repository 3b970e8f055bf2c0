"""What a login does with each keyword of ssh_config(5); the README's table is made from it."""

from enum import Enum
from typing import NamedTuple


class Treatment(Enum):
    """How a keyword is followed; the value is the README's word for it."""

    OBEYED = "obeyed"
    BY_OPENSSH = "by OpenSSH"
    IGNORED = "ignored on purpose"


class KeywordGroup(NamedTuple):
    """Keywords with the same treatment for the same reason."""

    treatment: Treatment
    names: tuple[str, ...]
    note: str


def _group(treatment: Treatment, names: str, note: str) -> KeywordGroup:
    return KeywordGroup(treatment, tuple(names.split()), note)


_O, _S, _I = Treatment.OBEYED, Treatment.BY_OPENSSH, Treatment.IGNORED
GROUPS = (
    _group(_O, "Host Match Include IgnoreUnknown Tag", "read by `ssh -G` itself"),
    _group(_O, "Hostname Port User HostKeyAlias", "tokens included"),
    _group(
        _O,
        "CanonicalizeHostname CanonicalDomains CanonicalizeFallbackLocal CanonicalizeMaxDots "
        "CanonicalizePermittedCNAMEs",
        "read by `ssh -G` itself",
    ),
    _group(
        _O,
        "IdentityFile CertificateFile IdentityAgent IdentitiesOnly",
        "tokens and environment variables included; a key file that cannot be used is named with its format",
    ),
    _group(
        _O,
        "PreferredAuthentications PubkeyAuthentication KbdInteractiveAuthentication PasswordAuthentication",
        "only these methods are tried, in this order",
    ),
    _group(_O, "NumberOfPasswordPrompts", "counts wrong answers of all methods together"),
    _group(_O, "BatchMode", "with `yes` nothing is asked, not even about a host key"),
    _group(
        _O,
        "Ciphers MACs KexAlgorithms HostKeyAlgorithms PubkeyAcceptedAlgorithms",
        "those that paramiko has, in this order; by OpenSSH if it has none of them",
    ),
    _group(
        _O,
        "UserKnownHostsFile GlobalKnownHostsFile RevokedHostKeys HashKnownHosts",
        "tokens and environment variables included",
    ),
    _group(
        _O,
        "StrictHostKeyChecking",
        "`yes` and `ask`; with `accept-new` and `no` you are asked too, and a changed key is refused; the ssh of a "
        "jump host obeys it as it is, and a key that it adds is named in the steps of the login",
    ),
    _group(_O, "RefuseConnection", "its text is shown, and nothing is sent"),
    _group(_O, "ProxyJump ProxyCommand", "each host of a chain may ask its questions"),
    _group(
        _S,
        "GSSAPIAuthentication GSSAPIDelegateCredentials GSSAPIKeyExchange GSSAPIRenewalForcesRekey GSSAPITrustDns "
        "GSSAPIKexAlgorithms GSSAPIServerIdentity GSSAPIClientIdentity",
        "paramiko has no Kerberos",
    ),
    _group(
        _S,
        "PKCS11Provider SecurityKeyProvider",
        "paramiko reads no smart cards and security keys; an ssh-agent can hold them for both",
    ),
    _group(
        _S,
        "HostbasedAuthentication HostbasedAcceptedAlgorithms EnableSSHKeysign",
        "paramiko has no host-based logins",
    ),
    _group(
        _S,
        "KnownHostsCommand VerifyHostKeyDNS CASignatureAlgorithms",
        "paramiko knows no other source of host keys and no host certificates",
    ),
    _group(
        _S, "AddressFamily BindAddress BindInterface ProxyUseFdpass", "they change how the socket is made"
    ),
    _group(_S, "ControlMaster ControlPath ControlPersist", "a running master is used as it is and not ended"),
    _group(
        _I,
        "LocalForward RemoteForward DynamicForward ClearAllForwardings ExitOnForwardFailure GatewayPorts "
        "PermitRemoteOpen StreamLocalBindMask StreamLocalBindUnlink Tunnel TunnelDevice",
        "this login opens only its own tunnels; yours stay with your own ssh",
    ),
    _group(
        _I,
        "RemoteCommand RequestTTY SessionType StdinNull ForkAfterAuthentication EscapeChar "
        "EnableEscapeCommandline ObscureKeystrokeTiming ChannelTimeout",
        "they are for a session in a terminal",
    ),
    _group(_I, "LocalCommand PermitLocalCommand", "it would run again at each reconnect"),
    _group(
        _I, "ForwardAgent ForwardX11 ForwardX11Timeout ForwardX11Trusted XAuthLocation", "no command needs it"
    ),
    _group(_I, "SendEnv SetEnv", "commands give the same output whatever the environment of the laptop is"),
    _group(
        _I,
        "ConnectTimeout ConnectionAttempts ServerAliveInterval ServerAliveCountMax TCPKeepAlive",
        "the worker has time limits and retries of its own, which find a dead connection sooner; OpenSSH waits longer "
        "with a longer ConnectTimeout",
    ),
    _group(_I, "Compression IPQoS RekeyLimit", "they change the speed only"),
    _group(
        _I,
        "AddKeysToAgent UseKeychain",
        "no program but yours changes the agent; passphrases are in the worker's memory",
    ),
    _group(
        _I,
        "CheckHostIP UpdateHostKeys NoHostAuthenticationForLocalhost",
        "every host key is verified by name, and only a key that you trusted is added to known_hosts",
    ),
    _group(_I, "RequiredRSASize WarnWeakCrypto", "a host key that you trusted is accepted whatever its size"),
    _group(_I, "FingerprintHash VisualHostKey", "a host key is always shown as SHA256, as sites publish it"),
    _group(_I, "KbdInteractiveDevices", "the server chooses which questions it asks"),
    _group(_I, "LogLevel LogVerbose SyslogFacility", "the worker has its own log"),
    _group(_I, "VersionAddendum", "it is for the server's log only"),
)


def known_keywords() -> frozenset[str]:
    """Return every keyword of the table in lower case, as `ssh -G` prints them."""
    return frozenset(name.lower() for group in GROUPS for name in group.names)


def markdown() -> str:
    """Return the table: one row for each group of keywords."""
    rows = ["| keyword | | |", "| --- | --- | --- |"]
    for group in GROUPS:
        names = ", ".join(f"`{name}`" for name in group.names)
        because = f"because: {group.note}" if group.treatment is Treatment.IGNORED else group.note
        rows.append(f"| {names} | {group.treatment.value} | {because} |")
    return "\n".join(rows)
