"""LSF's pending reasons: the whole list of the open-source line and IBM's documented ones, in plain words."""

import re

import pytest

from jupystra_tui.model.reason import SHORT_LIMIT, Reason
from jupystra_tui.schedulers.lsf import lsf_reasons
from jupystra_tui.schedulers.lsf.lsf_causes import LsfKind
from jupystra_tui.schedulers.lsf.lsf_reason_rules import cause_of
from jupystra_tui.schedulers.lsf.lsf_reasons import reason_in_state, reason_of
from tests.schedulers.lsf_captures import FOLDER, said

FIXTURE = "pending-reasons.txt"


def expected() -> list[tuple[str, str, str, str]]:
    """Return kind, scope, resource and LSF's own words of each reason in the list."""
    lines = (FOLDER / FIXTURE).read_text().splitlines()
    rows = [[field.strip() for field in line.split("|", 3)] for line in lines if not line.startswith("#")]
    return [(kind, scope, resource, text) for kind, scope, resource, text in rows]


@pytest.mark.parametrize("ending", ["", ": 1 host", ": 236 hosts"])
def test_every_reason_has_its_kind_scope_and_resource(ending: str) -> None:
    assert len(expected()) > 180
    wrong = []
    for kind, scope, resource, text in expected():
        [single] = lsf_reasons._texts(f"{text}{ending}")
        cause = cause_of(single)
        if cause is None or (cause.kind.name, cause.scope.name, cause.resource) != (kind, scope, resource):
            wrong.append((text, cause))
    assert wrong == []


def test_every_reason_has_words_that_name_its_resource_and_what_comes_next() -> None:
    for kind, _, resource, text in expected():
        reason = reason_of(f"{text}: 3 hosts")
        assert reason.known
        assert 0 < len(reason.short) <= SHORT_LIMIT
        assert reason.text.endswith(".")
        assert reason.never_starts is (kind == LsfKind.NEVER.name)
        if kind in ("RESOURCE", "LIMIT", "LOAD") and resource in (
            "memory",
            "GPUs",
            "swap space",
            "licenses",
            "licB",
        ):
            assert resource in reason.text, text
        if kind == "NEVER":
            assert "Kill it" in reason.text, text


@pytest.mark.parametrize(
    ("code", "short", "sentence"),
    [
        (
            "Job's requirements for reserving resource (ngpus_physical) not satisfied: 236 hosts",
            "waits for GPUs",
            "At present no node has as much free as it requests: GPUs. It starts when jobs end.",
        ),
        (
            "Job requirements for reserving resource (mem) not satisfied: 2 hosts; Job slot limit reached: 1 host",
            "waits for memory",
            "At present no node has as much free as it requests: memory. It starts when jobs end.",
        ),
        (
            "Not usable to the queue: 40 hosts; Closed by LSF administrator: 2 hosts; Job slot limit reached: 8 hosts",
            "waits for free cores",
            "All cores of the nodes that it may use are taken. It starts when jobs end.",
        ),
        (
            "Resource limit defined on user or user group has been reached "
            "(Resource: ngpus_physical, Limit Name: Mine, Limit Value: 2)",
            "your limit is reached",
            "The limit of GPUs for you is reached (Mine: 2). It starts when some of your jobs end.",
        ),
        (
            "Candidate host pending reasons (1 of 4 hosts):; Load threshold reached: 1 host; "
            "Non-candidate host pending reasons (3 of 4 hosts):; Job's resource requirements not satisfied: 3 hosts",
            "nodes are busy",
            "The nodes that it may use are too busy. It starts when they are less busy.",
        ),
        (
            "Candidate host pending reasons (0 of 4 hosts).; Non-candidate host pending reasons (4 of 4 hosts):; "
            "Closed by LSF administrator: 1 host; Job's resource requirements not satisfied: 3 hosts",
            "waits for its resources",
            "At present no node has what it requests: memory, a GPU or a feature. If none ever has, it never starts.",
        ),
    ],
)  # fmt: skip
def test_of_several_reasons_the_one_that_explains_the_job_is_told(
    code: str, short: str, sentence: str
) -> None:
    reason = reason_of(code)
    assert (reason.code, reason.short, reason.text) == (code, short, sentence)


@pytest.mark.parametrize(
    "name",
    ["bjobs-p", "bjobs-p-w", "bjobs-p-reasons", "bjobs-p-reasons2", "bjobs-p-reasons3", "bjobs-l-psusp"],
)
def test_every_reason_of_a_real_lsf_is_known(name: str) -> None:
    printed = re.findall(r"^ ([A-Z][^\n]*);$", said(name).out, re.MULTILINE)
    assert printed
    assert [code for code in printed if not reason_of(code).known] == []


@pytest.mark.parametrize(
    "code",
    [
        "Ask hpc-support for GPU quota",
        "The user's lease was not signed",
        "A limit has been reached",
        "Customized pending reason 20001: 4 hosts",
    ],
)
def test_a_reason_of_the_sites_own_stays_word_for_word(code: str) -> None:
    reason = reason_of(code)
    assert (reason.code, reason.text, reason.known) == (code, code, False)


@pytest.mark.parametrize("word", ["PSUSP", "USUSP", "SSUSP", "UNKWN", "ZOMBI", "PROV", "WAIT"])
def test_states_that_are_reasons_have_words(word: str) -> None:
    assert reason_of(word).known
    assert reason_of("") == Reason()


@pytest.mark.parametrize(
    ("said_of_it", "short"),
    [
        ("The job was suspended by LSF admin or root while pending: 3 hosts", "held by the site"),
        ("The job was suspended by the user while pending: 3 hosts", "held"),
        ("Job slot limit reached: 3 hosts", "held"),
        ("", "held"),
    ],
)
def test_a_held_job_says_who_holds_it(said_of_it: str, short: str) -> None:
    assert reason_in_state("PSUSP", said_of_it).short == short
