"""Where a login goes is OpenSSH's own answer; hostile names never become its options."""

from pathlib import Path

import pytest

from jupystra_tui.errors import ConfigError
from jupystra_tui.model import Cluster
from jupystra_tui.ssh.resolve import Endpoint, first_hop, read_settings, resolve


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "ssh_config"
    file.write_text(
        "Host hpc\n  HostName login.example.org\n  User ada\n  Port 2222\n  IdentityFile ~/.ssh/id_%r\n"
        "  IdentitiesOnly yes\n  UserKnownHostsFile /tmp/one /tmp/two\n"
        "Host behind\n  HostName inner\n  ProxyJump ada@gate:2200\n"
        "Host odd\n  ProxyCommand nc %h %p\n"
    )
    return file


async def test_an_alias_is_read_as_openssh_reads_it(config: Path) -> None:
    endpoint = await resolve(Cluster("hpc", "hpc", ssh_config=str(config)))
    assert (endpoint.host, endpoint.port, endpoint.user) == ("login.example.org", 2222, "ada")
    assert endpoint.known_as == "[login.example.org]:2222"
    assert endpoint.identities == (Path("~/.ssh/id_ada").expanduser(),)
    assert endpoint.identities_only
    assert endpoint.known_hosts[:2] == (Path("/tmp/one"), Path("/tmp/two"))


async def test_what_the_user_typed_wins_over_the_file(config: Path) -> None:
    endpoint = await resolve(Cluster("hpc", "hpc", user="bob", port=22, ssh_config=str(config)))
    assert (endpoint.user, endpoint.port, endpoint.known_as) == ("bob", 22, "login.example.org")


async def test_a_bastion_becomes_a_command_that_reaches_the_login_node(config: Path) -> None:
    endpoint = await resolve(Cluster("behind", "behind", ssh_config=str(config)))
    assert endpoint.proxy.endswith("-W '[inner]:22' -- 'ssh://ada@gate:2200'")
    assert f"-F '{config}'" in endpoint.proxy


async def test_the_first_host_on_the_way_is_known_where_it_is_reached_directly(config: Path) -> None:
    config.write_text(
        config.read_text()
        + "Host far\n  ProxyJump first,ada@gate:2200\nHost first\n  HostName first.example.org\n"
        "  Port 2022\nHost farther\n  ProxyJump behind\n"
    )
    hops = {
        name: await first_hop(await resolve(Cluster(name, name, ssh_config=str(config))))
        for name in ("hpc", "behind", "odd", "far", "farther")
    }
    assert hops == {
        "hpc": None,
        "behind": ("gate", 2200),
        "odd": None,
        "far": ("first.example.org", 2022),
        "farther": None,
    }


async def test_a_proxy_command_has_its_tokens_filled_in(config: Path) -> None:
    assert (await resolve(Cluster("odd", "odd", ssh_config=str(config)))).proxy == "nc odd 22"


@pytest.mark.parametrize(
    "host",
    ["-oProxyCommand=touch /tmp/owned", "a b", "a\nb", "", "a\x1b[31m", "x;touch${IFS}owned", "`id`", "a|b"],
)
async def test_what_is_no_host_name_is_refused(host: str) -> None:
    with pytest.raises(ConfigError, match="not a host name"):
        await resolve(Cluster("x", host))


@pytest.mark.parametrize("user", ["-l", "$(id)", "a;b"])
async def test_what_is_no_user_name_is_refused(user: str) -> None:
    with pytest.raises(ConfigError, match="not a user name"):
        await resolve(Cluster("x", "x", user=user))


async def test_a_user_of_a_domain_is_one(config: Path) -> None:
    endpoint = await resolve(Cluster("hpc", "hpc", user="SITE\\ada", ssh_config=str(config)))
    assert endpoint.user == "SITE\\ada"


async def with_own_files(folder: Path, files: str) -> Endpoint:
    config = folder / "config"
    config.write_text(f"Host hpc\n  UserKnownHostsFile {files}\n  GlobalKnownHostsFile {folder / 'all'}\n")
    return await resolve(Cluster("hpc", "hpc", ssh_config=str(config)))


@pytest.mark.parametrize("there", [True, False], ids=["there", "not there"])
async def test_a_folder_s_name_with_spaces_is_one_name(tmp_path: Path, there: bool) -> None:
    odd, plain = tmp_path / "my  old ones/known hosts", tmp_path / "plain"
    if there:
        odd.parent.mkdir()
        odd.touch()
    endpoint = await with_own_files(tmp_path, f'"{odd}" {plain}')
    assert endpoint.known_hosts == (odd, plain, tmp_path / "all")
    assert endpoint.append_to == odd


async def test_relative_names_that_are_files_are_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        Path(name).touch()
    assert (await with_own_files(tmp_path, "one two")).known_hosts[:2] == (Path("one"), Path("two"))


async def test_without_a_file_of_one_s_own_nothing_is_added_to_that_of_all(tmp_path: Path) -> None:
    endpoint = await with_own_files(tmp_path, "none")
    assert endpoint.known_hosts == (tmp_path / "all",)
    assert endpoint.append_to is None


async def test_a_broken_configuration_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "config"
    broken.write_text("Hots hpc\n")
    with pytest.raises(ConfigError, match="line 1: Bad configuration option: hots"):
        await resolve(Cluster("hpc", "hpc", ssh_config=str(broken)))


@pytest.mark.parametrize(
    ("setting", "mine", "expected"),
    [
        ("none", "/a", ""),
        ("SSH_AUTH_SOCK", "/a", "/a"),
        ("/b/c", "/a", "/b/c"),
        ("$ELSEWHERE", "/a", "/c"),
    ],
)
def test_the_agent_is_the_one_that_the_configuration_names(
    setting: str, mine: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELSEWHERE", "/c")
    text = f"user ada\nhostname x\nport 22\nidentityagent {setting}\n"
    assert read_settings(text, Cluster("x", "x"), mine).agent == expected


@pytest.mark.parametrize(
    "host",
    [
        "..",
        "a..b",
        ".",
        "x..",
        ".x",
        "a" * 64,
        f"login.{'a' * 64}.org",
        "ü..b",
        "a\\b",
        "a,b",
        "x\udcff",
        "a" * 2000,
    ],
)
async def test_what_cannot_be_looked_up_is_refused_in_plain_words(host: str) -> None:
    with pytest.raises(ConfigError, match="not a host name") as caught:
        await resolve(Cluster("x", host))
    assert len(caught.value.title) < 100
    assert caught.value.title.isprintable()


@pytest.mark.parametrize("user", ["a\\", "x\udcff", "a" * 2000])
async def test_a_user_that_ssh_would_not_take_is_refused_in_plain_words(user: str) -> None:
    with pytest.raises(ConfigError, match="not a user name") as caught:
        await resolve(Cluster("x", "x", user=user))
    assert len(caught.value.title) < 100
    assert caught.value.title.isprintable()


async def test_an_alias_may_be_what_no_host_name_can_be(tmp_path: Path) -> None:
    alias = "a..b"
    config = tmp_path / "ssh_config"
    config.write_text(
        f"Host {alias}\n  HostName login.example.org\nHost through\n  HostName {'a' * 64}\n  ProxyCommand nc\n"
    )
    assert (await resolve(Cluster("x", alias, ssh_config=str(config)))).host == "login.example.org"
    assert (await resolve(Cluster("x", "through", ssh_config=str(config)))).proxy == "nc"


async def test_a_name_of_the_ssh_configuration_that_cannot_be_looked_up_is_refused_too(
    tmp_path: Path,
) -> None:
    config = tmp_path / "ssh_config"
    config.write_bytes(b"Host long\n  HostName " + b"a" * 64 + b"\nHost odd\n  User \xff\xfe\n")
    with pytest.raises(ConfigError, match="not a host name"):
        await resolve(Cluster("x", "long", ssh_config=str(config)))
    with pytest.raises(ConfigError, match="not a user name"):
        await resolve(Cluster("x", "odd", ssh_config=str(config)))
