"""No two classes and no two modules of the package have the same name."""

from collections.abc import Callable, Mapping

import pytest

from tests.package import class_places, module_places, modules

EXCEPT = {"__main__"}
RENAMED_IN_DEMO_SSH_AND_VERBS = {
    *(
        "Answer",
        "Call",
        "Commands",
        "Hosts",
        "Job",
        "JobRequest",
        "LaunchError",
        "Launcher",
        "Line",
        "Option",
    ),
    *("Partition", "Reason", "Reply", "Result", "State", "Target", "Verdict"),
    *("config", "doctor", "folder", "job", "jobs", "keys", "launch", "log", "login", "lsf", "options"),
    *(
        "queue",
        "questions",
        "request",
        "script",
        "site",
        "slurm",
        "status",
        "traces",
        "tunnel",
        "words",
        "worker",
    ),
}
"""Names that are still used twice, each once in demo, ssh, verbs or the launch screens; this set only shrinks."""


@pytest.mark.parametrize("places", [class_places, module_places], ids=["classes", "modules"])
def test_each_name_is_used_once(places: Callable[..., Mapping[str, list[str]]]) -> None:
    twice = {name: where for name, where in places(modules()).items() if len(where) > 1}
    assert {
        name: where
        for name, where in twice.items()
        if name not in EXCEPT and name not in RENAMED_IN_DEMO_SSH_AND_VERBS
    } == {}
