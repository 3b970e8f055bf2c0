"""What the programs that we start find in their environment: little, and nothing secret."""

import os

KEPT = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "SSH_SK_PROVIDER")


def environment(agent: str) -> dict[str, str]:
    """Return the few variables that ssh gets; its ProxyCommand runs under /bin/sh, whatever the person's shell is."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "SHELL": "/bin/sh", **({"SSH_AUTH_SOCK": agent} if agent else {})}
