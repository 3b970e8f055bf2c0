"""The login screen offers what stands in ~/.ssh/config, its Includes too."""

from pathlib import Path

import pytest

from jupystra_tui.ssh.environment import environment
from jupystra_tui.ssh_aliases import aliases, variables


def test_aliases_come_in_the_order_of_the_file_and_patterns_do_not(tmp_path: Path) -> None:
    included = tmp_path / "more"
    included.write_text("Host third 'fo urth'\nHost *.example.org !secret -oProxyCommand=x\n")
    config = tmp_path / "config"
    config.write_text(
        f"Host first second # comment\n  User x\nInclude {tmp_path}/mo*\nHost=fifth first\nHost *\n"
    )
    assert aliases(str(config)) == ("first", "second", "third", "fo urth", "fifth")


def test_a_file_that_includes_itself_or_is_missing_is_no_trouble(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(f"Include {config}\nHost one\n")
    assert aliases(str(config)) == ("one",)
    assert aliases(str(tmp_path / "missing")) == ()


def test_files_that_include_each_other_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [tmp_path / "one", tmp_path / "two"]
    for file in files:
        file.write_text(f"Host {file.name}\nInclude {tmp_path}/*\n")
    read: list[Path] = []
    read_text = Path.read_text

    def counted(file: Path, encoding: str | None = None, errors: str | None = None) -> str:
        read.append(file)
        return read_text(file, encoding, errors)

    monkeypatch.setattr(Path, "read_text", counted)
    assert aliases(str(files[0])) == ("one", "two")
    assert read == files


def test_an_unbalanced_quote_spoils_only_its_own_line(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text('Host "one\nHost two\n')
    assert "two" in aliases(str(config))


def test_ssh_gets_the_variables_that_its_configuration_and_its_commands_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("KEYS", "PROXY", "AGENT", "INNER", "UNUSED"):
        monkeypatch.setenv(name, name.lower())
    (tmp_path / "more").write_text('Match exec "test -e $INNER"\n')
    config = tmp_path / "config"
    config.write_text(
        f"Include {tmp_path}/more\nHost gw\n  IdentityFile ${{KEYS}}/id_%r\n  IdentityAgent $AGENT\n"
        "  ProxyCommand nc -x $PROXY %h %p\n"
    )
    assert variables(str(config)) == {"KEYS", "PROXY", "AGENT", "INNER"}
    given = environment("", str(config))
    assert (given["KEYS"], given["PROXY"], given["AGENT"], given["INNER"]) == (
        "keys", "proxy", "agent", "inner",
    )  # fmt: skip
    assert "UNUSED" not in given
    assert variables("none") == set()
