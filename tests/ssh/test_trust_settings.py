"""What the user's configuration says of whom to trust reaches the login as OpenSSH has it."""

import base64
import os
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

from jupystra_tui.errors import ConfigError
from jupystra_tui.model import Cluster
from jupystra_tui.ssh.key_files import KeyFile
from jupystra_tui.ssh.resolve import Endpoint, read_settings

PLAIN = "user ada\nhostname login.example.org\nport 2200\n"
CLUSTER = Cluster("hpc", "hpc", ssh_config="/etc/other", fingerprints=("SHA256:abc",))


def endpoint(*lines: str) -> Endpoint:
    return read_settings(PLAIN + "".join(f"{line}\n" for line in lines), CLUSTER)


def test_without_a_word_on_it_nothing_is_trusted_and_nothing_hashed() -> None:
    plain = endpoint()
    assert (plain.alias, plain.host, plain.port, plain.user) == ("hpc", "login.example.org", 2200, "ada")
    assert (plain.strict, plain.hash_known_hosts, plain.revoked_keys) == (False, False, None)
    assert (plain.identities_only, plain.identities, plain.certificates) == (False, (), ())
    assert (plain.proxy, plain.ssh_config, plain.published) == ("", "/etc/other", ("SHA256:abc",))


@pytest.mark.parametrize(("said", "strict"), [("yes", True), ("true", True), ("ask", False), ("no", False)])
def test_strict_checking_is_what_the_configuration_says(said: str, strict: bool) -> None:
    assert endpoint(f"stricthostkeychecking {said}").strict is strict


@pytest.mark.parametrize(("said", "hashed"), [("yes", True), ("no", False)])
def test_names_are_hashed_where_the_configuration_says_so(said: str, hashed: bool) -> None:
    assert endpoint(f"hashknownhosts {said}").hash_known_hosts is hashed


def test_revoked_keys_are_those_of_the_configuration() -> None:
    assert endpoint("revokedhostkeys none").revoked_keys is None
    assert endpoint("revokedhostkeys ~/revoked.krl").revoked_keys == Path("~/revoked.krl").expanduser()


def test_a_host_is_known_under_its_alias_where_it_has_one() -> None:
    assert endpoint().known_as == "[login.example.org]:2200"
    assert endpoint("hostkeyalias the-cluster").known_as == "the-cluster"


def test_certificates_and_identities_are_files_and_none_is_none() -> None:
    named = endpoint("certificatefile ~/cert-hpc", "identityfile none", "identityfile /keys/ada")
    assert named.certificates == (Path("~/cert-hpc").expanduser(),)
    assert named.identities == (Path("/keys/ada"),)


def test_a_connection_that_the_configuration_refuses_is_not_tried() -> None:
    with pytest.raises(ConfigError, match="refuses connections to hpc: use login2 instead"):
        endpoint("refuseconnection use login2 instead")


def test_a_chain_of_bastions_is_one_command() -> None:
    chain = endpoint("proxyjump one,ada@two:2200,three").proxy
    assert chain == "ssh -F '/etc/other' -J 'one,ada@two:2200' -W '[login.example.org]:2200' -- 'three'"
    alone = read_settings(PLAIN + "proxyjump one\n", replace(CLUSTER, ssh_config=""))
    assert alone.proxy == "ssh -W '[login.example.org]:2200' -- 'one'"
    assert endpoint("proxyjump none", "proxycommand none").proxy == ""


def test_a_key_that_others_read_is_refused_where_it_is_ours_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "id_any"
    file.write_text("x")
    for mode in (0o640, 0o604, 0o620):
        file.chmod(mode)
        assert KeyFile(file).problem()
    monkeypatch.setattr(os, "getuid", lambda: file.stat().st_uid + 1)
    assert KeyFile(file).problem() is None


def test_a_locked_key_is_opened_by_its_passphrase_alone(tmp_path: Path) -> None:
    file = tmp_path / "id_locked"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "right", "-f", file], check=True)
    assert KeyFile(file).load() is None
    assert KeyFile(file).load("wrong") is None
    assert KeyFile(file).load("right")
    [kind, blob] = file.with_name("id_locked.pub").read_text().split()[:2]
    assert (kind, base64.b64encode(KeyFile(file).blob or b"").decode()) == ("ssh-ed25519", blob)
