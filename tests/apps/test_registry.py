"""Apps are TOML files: the shipped ones, and the user's own beside `config.toml`."""

from pathlib import Path

import pytest

from jupystra_tui.apps.app_registry import registry
from jupystra_tui.apps.web_app import parts_of, read_app
from jupystra_tui.errors import ConfigError
from jupystra_tui.options.texts import parse_server, server_choices

from .. import own_app

WHOLE = own_app.text()
COMMAND = 'command = ["x", "{port}"]\n'
TOKEN = '[token]\nquery = "key"\n'
SMALL = f'title = "X"\n{COMMAND}{TOKEN}'


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYSTRA_HOME", str(tmp_path))


def test_the_shipped_apps_are_there_without_any_file_of_the_user() -> None:
    known = registry()
    assert {name: app.title for name, app in known.apps.items()} == {
        "jupyterlab": "JupyterLab",
        "notebook": "Notebook",
    }
    assert known.app("lab") is known.app("jupyterlab")
    assert not known.broken


def test_a_file_of_the_user_adds_an_app() -> None:
    own_app.add()
    assert registry().app("hello").title == "Hello"
    assert parse_server("hello") == "hello"
    assert [choice.name for choice in server_choices()] == ["JupyterLab", "Notebook", "Hello"]


def test_a_file_of_the_user_replaces_a_shipped_app() -> None:
    own_app.add(name="notebook")
    assert registry().app("notebook").title == "Hello"


def test_a_broken_file_is_reported_and_breaks_no_other_app() -> None:
    file = own_app.add("title = 3", "broken")
    own_app.add()
    known = registry()
    assert set(known.apps) == {"jupyterlab", "notebook", "hello"}
    with pytest.raises(ConfigError, match=str(file)):
        known.app("broken")
    [choice] = [one for one in server_choices() if one.value == "broken"]
    assert str(file) in choice.remark


def test_an_unknown_app_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ConfigError) as caught:
        registry().app("jupiterlab")
    assert caught.value.hint == "Did you mean 'jupyterlab'?"


@pytest.mark.parametrize("content", [b"\xff", b"title =", b""])
def test_a_file_that_is_not_a_text_or_not_toml_is_named(content: bytes) -> None:
    file = own_app.add("", "odd")
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=str(file)):
        registry().app("odd")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SMALL.replace("title", "tilte"), "unknown setting 'tilte'"),
        (SMALL + 'headr = "X: {token}"\n', "unknown setting 'token.headr'"),
        (SMALL.replace('"X"', "3"), "Expected `str`, got `int`"),
        (SMALL.replace('["x", "{port}"]', '"x {port}"'), "Expected `array`, got `str`"),
        (f"{COMMAND}{TOKEN}", "missing required field `title`"),
        (SMALL.replace('["x", "{port}"]', "[]"), "command has no program"),
        (SMALL.replace('"x"', '"{folder}/x"'), "command has no program"),
        (SMALL.replace("{port}", "{prot}"), "unknown placeholder {prot}"),
        (SMALL.replace("{port}", "--open"), "nothing tells the app its port"),
        (f'title = "X"\n{COMMAND}', "token.header and query are both missing"),
        (SMALL.replace('"key"', '"a=b&c"'), "token.query is not a parameter's name"),
        (SMALL + 'header = "X {token}"\n', "token.header is not a header"),
        (SMALL + 'header = "X: fixed"\n', "token.header is not a header"),
        (SMALL + 'header = "X: {token}\\r\\nY: z"\n', "token.header is not a header"),
        ('ready = "/api"\n' + SMALL, "ready is not a path below the base path"),
        ('page = "../x"\n' + SMALL, "page is not a path below the base path"),
        ('page = "@evil.example"\n' + SMALL, "page is not a path below the base path"),
        ('base_path = "//evil.example/"\n' + SMALL, "base_path is not a path"),
        ('statistics = "top"\n' + SMALL, "statistics is one of jupyter"),
        ('runtime = "../*"\n' + SMALL, "runtime is not a pattern"),
        ('unset = ["A B"]\n' + SMALL, "'A B' is not an environment variable's name"),
        (SMALL + '[environment]\n"A;B" = "x"\n', "'A;B' is not an environment variable's name"),
        (SMALL + '[environment]\nA = "{tokenfile}"\n', "unknown placeholder {tokenfile}"),
        (SMALL.replace('"x"', '"x\\u0000"'), "a text holds a NUL character"),
        ('title = "a\\nb"\n' + COMMAND + TOKEN, "title is not a line of text"),
        ('name = "y"\n' + SMALL, "unknown setting 'name'"),
    ],
)  # fmt: skip
def test_a_mistake_names_the_file_and_the_setting(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_app("x", text, "/home/ada/x.toml")
    assert caught.value.title.startswith("/home/ada/x.toml")
    assert said in caught.value.title
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (SMALL.replace("title", "tilte"), "Did you mean 'title'?"),
        (SMALL.replace("{port}", "{prot}"), "Did you mean 'port'? Braces that stay are {{prot}}."),
        (SMALL.replace("{port}", "{token}"), "Did you mean 'token_file'? Braces that stay are {{token}}."),
    ],
)
def test_the_nearest_right_word_is_offered(text: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_app("x", text, "x.toml")
    assert caught.value.hint == hint


@pytest.mark.parametrize("name", ["", "a b", "../x", "A", "-x", "x" * 41])
def test_a_name_is_a_plain_word(name: str) -> None:
    with pytest.raises(ConfigError, match="is not an app's name"):
        read_app(name, SMALL, "x.toml")


def test_braces_that_are_not_a_placeholder_stay() -> None:
    assert parts_of("--port={port}") == [("--port=", "port"), ("", "")]
    assert parts_of('{"a": 1} {} f"{{name}}"') == [('{"a": 1} {} f"{name}"', "")]
    assert parts_of("{folder}/{port}x") == [("", "folder"), ("/", "port"), ("x", "")]
