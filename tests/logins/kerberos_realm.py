"""A Kerberos realm: a real KDC on loopback, the nodes' keytabs, and the user's tickets."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

REALM = "HPC.TEST"
USER = "kerberos"
PROGRAMS = ("krb5kdc", "kdb5_util", "kadmin.local", "kinit", "klist")
PATH = f"{os.environ['PATH']}:/usr/sbin"
CLIENT = """\
[libdefaults]
  default_realm = {realm}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  clockskew = 1
  qualify_shortname = ""
[realms]
  {realm} = {{
    kdc = 127.0.0.1:{port}
  }}
"""
SERVER = """\
[kdcdefaults]
  kdc_listen = 127.0.0.1:{port}
  kdc_tcp_listen = 127.0.0.1:{port}
[realms]
  {realm} = {{
    database_name = {folder}/principal
    key_stash_file = {folder}/stash
    acl_file = {folder}/acl
    supported_enctypes = aes256-cts-hmac-sha1-96:normal
  }}
[logging]
  kdc = FILE:{folder}/kdc.log
"""


def missing() -> str:
    """Which programs of the realm are not installed."""
    return ", ".join(name for name in PROGRAMS if not shutil.which(name, path=PATH))


class KerberosRealm:
    """The realm in `folder`; `environment` is what the laptop's programs need, `keytab` the one for the nodes."""

    def __init__(self, folder: Path, port: int) -> None:
        self.config = folder / "krb5.conf"
        self.keytab = folder / "nodes.keytab"
        self._folder = folder
        self._port = port
        self._user_keytab = folder / "user.keytab"

    @property
    def environment(self) -> dict[str, str]:
        return {"KRB5_CONFIG": str(self.config), "KRB5CCNAME": f"FILE:{self._folder}/tickets"}

    def take_ticket(self, lifetime: str = "1h") -> None:
        """Get a ticket for the user, as `kinit` does."""
        self._run("kinit", "-k", "-t", str(self._user_keytab), "-l", lifetime, f"{USER}@{REALM}")

    def take_expired_ticket(self) -> None:
        """Get a ticket and wait until it has expired, by the servers' clocks too."""
        self.take_ticket("1s")
        expired = time.time() + 1 + 1 + 0.5  # its lifetime and the clock skew
        while time.time() < expired:
            time.sleep(0.1)
        assert subprocess.run(["klist", "-s"], env=self._env).returncode

    def drop_ticket(self) -> None:
        """Have no ticket, as after `kdestroy`."""
        (self._folder / "tickets").unlink(missing_ok=True)

    def _make(self, hosts: tuple[str, ...]) -> None:
        facts = {"realm": REALM, "port": self._port, "folder": self._folder}
        self.config.write_text(CLIENT.format(**facts))
        (self._folder / "kdc.conf").write_text(SERVER.format(**facts))
        self._run("kdb5_util", "create", "-s", "-P", "master", "-r", REALM)
        for host in hosts:
            self._admin(f"addprinc -randkey host/{host}", f"ktadd -k {self.keytab} host/{host}")
        self._admin(f"addprinc -randkey {USER}", f"ktadd -k {self._user_keytab} {USER}")

    def _admin(self, *queries: str) -> None:
        for query in queries:
            self._run("kadmin.local", "-r", REALM, "-q", query)

    def _run(self, *argv: str) -> None:
        subprocess.run(argv, check=True, env=self._env, capture_output=True, timeout=30)

    @property
    def _env(self) -> dict[str, str]:
        return {
            **os.environ,
            **self.environment,
            "KRB5_KDC_PROFILE": f"{self._folder}/kdc.conf",
            "PATH": PATH,
        }

    @contextmanager
    def _serving(self) -> Iterator[None]:
        argv = ["krb5kdc", "-n", "-r", REALM]
        with subprocess.Popen(
            argv, env=self._env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as kdc:
            try:
                self._wait()
                yield
            finally:
                kdc.terminate()

    def _wait(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1):
                return
            time.sleep(0.05)
        raise AssertionError("the KDC does not listen")


@contextmanager
def kerberos_realm(folder: Path, hosts: tuple[str, ...]) -> Iterator[KerberosRealm]:
    """A realm with a key for each host, up."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    realm = KerberosRealm(folder, port)
    realm._make(hosts)
    with realm._serving():
        yield realm
