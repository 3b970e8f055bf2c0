"""No keyword of ssh is missing in the table of what a login does with it."""

import gzip
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from jupystra_tui.ssh.ssh_keywords import GROUPS, known_keywords

SET = (
    "GSSAPIClientIdentity GSSAPIServerIdentity HostKeyAlias IdentityAgent KbdInteractiveDevices KnownHostsCommand "
    "LocalCommand PKCS11Provider PreferredAuthentications ProxyCommand RemoteCommand RevokedHostKeys SetEnv "
    "BindAddress BindInterface CertificateFile ControlPath IgnoreUnknown"
)
"""Keywords that `ssh -G` prints only where they are set."""

MANUAL = tuple(
    Path(folder) / f"man/man5/ssh_config.5{end}"
    for folder in ("/usr/share", "/usr/local/share", "/opt/homebrew/share")
    for end in (".gz", "")
)


def printed(*options: str) -> set[str]:
    argv = ["ssh", "-F", "/dev/null", "-G", *options, "host"]
    done = subprocess.run(argv, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    return {line.split()[0].lower() for line in done.stdout.splitlines() if line.strip()}


def test_every_keyword_that_ssh_prints_is_in_the_table() -> None:
    options = [f"-o{name}=A=/b" if name == "SetEnv" else f"-o{name}=/b" for name in SET.split()]
    taken = [option for option in options if _takes(option)]
    assert len(taken) > 10
    shown = printed(*taken, "-L1:host:1", "-R1:host:1", "-D1") | printed("-Jjump")
    assert {"localforward", "proxyjump", "proxycommand", "identityfile"} <= shown
    assert shown <= known_keywords()


def _takes(option: str) -> bool:
    """Whether this ssh knows the keyword: Debian's has more than others."""
    argv = ["ssh", "-F", "/dev/null", "-G", option, "host"]
    return subprocess.run(argv, capture_output=True, stdin=subprocess.DEVNULL).returncode == 0


def test_every_keyword_of_the_manual_is_in_the_table() -> None:
    pages = [page for page in MANUAL if page.is_file()]
    if not pages:
        pytest.skip("the manual of ssh_config is not installed here")
    page = pages[0]
    content = page.read_bytes()
    text = (gzip.decompress(content) if page.suffix == ".gz" else content).decode(errors="replace")
    keywords = re.findall(r"^\.It Cm ([A-Z]\w+)$", text.partition("\n.Sh PATTERNS")[0], re.MULTILINE)
    assert len(keywords) > 80
    assert {keyword.lower() for keyword in keywords} <= known_keywords()


def test_no_keyword_is_there_twice() -> None:
    counted = Counter(name.lower() for group in GROUPS for name in group.names)
    assert [name for name, times in counted.items() if times > 1] == []
