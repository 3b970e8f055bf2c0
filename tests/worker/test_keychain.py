"""The keychain keeps a password where it can, and is never in the way where it cannot."""

import sys
from types import SimpleNamespace

import pytest

from jupystra_tui.text import Secret
from jupystra_tui.worker import keychain


def test_what_is_kept_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[tuple[str, str], str] = {}
    fake = SimpleNamespace(
        get_password=lambda service, account: kept.get((service, account)),
        set_password=lambda service, account, password: kept.update({(service, account): password}),
    )
    monkeypatch.setitem(sys.modules, "keyring", fake)
    assert keychain.read("ada@hpc") is None
    keychain.write("ada@hpc", Secret("s3cret"))
    found = keychain.read("ada@hpc")
    assert found
    assert found.reveal() == "s3cret"
    assert kept == {("jupystra-tui", "ada@hpc"): "s3cret"}


def test_without_keyring_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    keychain.write("ada@hpc", Secret("s3cret"))
    assert keychain.read("ada@hpc") is None


def test_a_keychain_that_fails_is_no_trouble(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def locked(*words: str) -> str:
        raise RuntimeError(f"locked: {words}")

    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=locked, set_password=locked))
    with caplog.at_level("INFO"):
        keychain.write("ada@hpc", Secret("s3cret"))
        assert keychain.read("ada@hpc") is None
    assert "RuntimeError" in caplog.text
    assert "s3cret" not in caplog.text
