"""The environment of the programs that this package starts: only the variables that they need."""

import os

from jupystra_tui.ssh_aliases import variables

BASIC = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "SSH_SK_PROVIDER")
TICKETS = ("KRB5CCNAME", "KRB5_CONFIG")
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")  # a ProxyCommand may use them
KEPT = (*BASIC, *TICKETS, *PROXIES, *map(str.upper, PROXIES))


def environment(agent: str, ssh_config: str = "") -> dict[str, str]:
    """Return the environment of ssh, with the variables that its configuration uses.

    Its ProxyCommand runs in /bin/sh, whatever the user's shell is.
    """
    names = (*KEPT, *variables(ssh_config))
    kept = {name: os.environ[name] for name in names if name in os.environ}
    return {**kept, "SHELL": "/bin/sh", **({"SSH_AUTH_SOCK": agent} if agent else {})}
