"""What the programs that we start find in their environment: what they need to work and no more."""

import os

ITSELF = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "SSH_SK_PROVIDER")
TICKETS = ("KRB5CCNAME", "KRB5_CONFIG")
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")  # a ProxyCommand may go by them
KEPT = (*ITSELF, *TICKETS, *PROXIES, *map(str.upper, PROXIES))


def environment(agent: str) -> dict[str, str]:
    """Return the few variables that ssh gets; its ProxyCommand runs under /bin/sh, whatever the person's shell is."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "SHELL": "/bin/sh", **({"SSH_AUTH_SOCK": agent} if agent else {})}
