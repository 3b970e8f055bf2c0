"""What is derived from the registry of schedulers."""

import re
from pathlib import Path

import pytest

from jupystra_tui import model
from jupystra_tui.frontend.schema import config_schema
from jupystra_tui.frontend.settings import CLUSTER_RULES
from jupystra_tui.options import OPTIONS
from jupystra_tui.schedulers.loading import scheduler_named
from jupystra_tui.schedulers.registry import REGISTRY, titles

MODEL = Path(model.__file__).parent


@pytest.mark.parametrize("name", REGISTRY)
def test_an_entry_names_its_scheduler(name: str) -> None:
    scheduler = scheduler_named(name)
    assert scheduler.name == name
    assert scheduler.node_variables
    assert scheduler.job_variables


def test_the_settings_accept_the_names() -> None:
    assert CLUSTER_RULES.words["scheduler"] == ("auto", *REGISTRY)
    properties = config_schema()["properties"]["clusters"]["additionalProperties"]["properties"]
    assert properties["scheduler"]["enum"] == ["auto", *REGISTRY]


def test_launch_options_name_only_these_schedulers() -> None:
    assert {name for option in OPTIONS for name in option.native} == set(REGISTRY)


def test_a_sentence_names_all() -> None:
    assert titles() == "Slurm or LSF"


def test_the_model_knows_no_scheduler() -> None:
    words = re.compile(r"slurm|\blsf|squeue|sbatch|bjobs|bsub", re.IGNORECASE)
    found = [path.name for path in MODEL.rglob("*.py") if words.search(path.read_text(encoding="utf-8"))]
    assert found == []
