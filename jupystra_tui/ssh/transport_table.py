"""The table in README.md of what each transport can do."""

from jupystra_tui.ssh.openssh_needs import ALGORITHMS, SETTINGS

YES, NO = "yes", "–"
_LISTS = ", ".join(f"`{title}`" for title, _ in ALGORITHMS.values())
_ROWS = (
    ("keys, user certificates, an ssh-agent", YES, YES),
    ("password, second factor, jump hosts: each question once, in a dialog", YES, YES),
    ("host keys: ask, trust once or permanently, changed, revoked, published fingerprints", YES, YES),
    ("commands, compute-node tunnels, relay, one session (`MaxSessions 1`)", YES, YES),
    ("answers that the server allows to be shown while they are typed", YES, "hidden"),
    (
        "a server that closes the connection while a dialog is open",
        "noticed at once",
        "noticed after the answer",
    ),
    ("a Kerberos ticket (`GSSAPIAuthentication yes`)", NO, YES),
    *((f"`{title}`", NO, YES) for title in (*SETTINGS.values(), "ProxyUseFdpass")),
    (f"{_LISTS}: only methods that paramiko does not have", NO, YES),
    ("host certificates (`@cert-authority` in known_hosts)", NO, YES),
    ("key files that only OpenSSH reads, and security keys without an agent", NO, YES),
    ("an OpenSSH master that runs already (`ControlPath`): no question, and it is left running", NO, YES),
)


def markdown() -> str:
    """Return the table."""
    lines = ["| | paramiko | OpenSSH |", "| --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in _ROWS)]) + "\n"
