"""No two classes and no two modules of the package have the same name."""

from collections.abc import Callable, Mapping

import pytest

from tests.package import class_places, module_places, modules

EXCEPT = {"__main__", "lsf", "slurm"}
"""`lsf` and `slurm` are the packages of the practice cluster too."""


@pytest.mark.parametrize("places", [class_places, module_places], ids=["classes", "modules"])
def test_each_name_is_used_once(places: Callable[..., Mapping[str, list[str]]]) -> None:
    twice = {name: where for name, where in places(modules()).items() if len(where) > 1}
    assert {name: where for name, where in twice.items() if name not in EXCEPT} == {}
