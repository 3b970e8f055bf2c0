"""The JSON schema of the settings accepts what the program accepts, and refuses what it refuses."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from jupystra_tui.frontend.config import Config
from jupystra_tui.frontend.schema import config_schema
from jupystra_tui.model import Cluster, JobRequest

from ..verbs.running import jupystra

README = Path(__file__).parents[2].joinpath("README.md").read_text(encoding="utf-8")
SCHEMA = config_schema()


def check(text: str) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(tomllib.loads(text))


def test_the_readmes_example_is_valid() -> None:
    block = re.search(r"```toml\n(.*?)```", README, re.DOTALL)
    assert block
    check(block[1])


@pytest.mark.parametrize(
    "text",
    [
        "them = 'x'",
        "[clusters.a]\nhots = 'x'",
        "[clusters.a]\nscheduler = 'pbs'",
        "[clusters.a]\nname = 'b'",
        "[clusters.a]\npoll = 'often'",
        "[clusters.a.defaults]\ncores = 'many'",
        "[clusters.a.defaults]\nserver = 'vim'",
        "[clusters.a.defaults]\nsetup = 'module load x'",
    ],
)
def test_a_mistake_is_refused(text: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        check(text)


@pytest.mark.parametrize("walltime", ["'8h'", "28800"])
def test_a_value_with_a_unit_may_be_a_text(walltime: str) -> None:
    check(f"[clusters.a]\npreset = 'o2'\n[clusters.a.defaults]\nwalltime = {walltime}\n")


def descriptions(table: dict[str, Any]) -> set[str]:
    return {name for name, field in table["properties"].items() if field.get("description")}


def test_every_setting_is_described() -> None:
    cluster = SCHEMA["properties"]["clusters"]["additionalProperties"]
    assert descriptions(SCHEMA) == set(Config.__struct_fields__) - {"clusters"}
    assert descriptions(cluster["properties"]["defaults"]) == set(JobRequest.__struct_fields__)
    assert descriptions(cluster) == {*Cluster.__struct_fields__, "preset"} - {"name", "defaults"}


def test_the_verb_prints_it() -> None:
    printed = jupystra("config", "schema")
    assert printed.status == 0
    assert json.loads(printed.out) == json.loads(json.dumps(SCHEMA))
