"""Host names, job ids and tags from a cluster are accepted only in their plain form."""

import pytest

from jupystra_tui.model.names import host_name, job_id, job_tag
from jupystra_tui.schedulers.lsf import lsf_site
from jupystra_tui.schedulers.lsf import lsf_values as lsf
from jupystra_tui.schedulers.slurm import slurm_values as slurm
from jupystra_tui.schedulers.slurm.slurm_site import parse_nodes

from .hostile import HOST_NAMES, NO_HOST_NAMES, NO_JOB_IDS


@pytest.mark.parametrize("name", NO_HOST_NAMES)
def test_an_invalid_host_name_is_refused(name: str) -> None:
    assert host_name(name) == ""


@pytest.mark.parametrize("name", HOST_NAMES)
def test_a_valid_host_name_is_not_changed(name: str) -> None:
    assert host_name(name) == slurm.first_host(name) == lsf.first_host(name) == name


@pytest.mark.parametrize("name", NO_HOST_NAMES)
def test_the_node_of_a_queue_is_a_host_name_or_none(name: str) -> None:
    for first_host in (slurm.first_host, lsf.first_host):
        assert first_host(name) == host_name(first_host(name))
    assert all(host_name(node) for node in parse_nodes(f"idle {name}\nmixed {name}"))
    assert all(
        host_name(node)
        for node in lsf_site.parse_nodes(f"{name}  ok  -  8  0  0  0  0  0\nn1 ok - 8 0 0 0 0 0")
    )
    assert "n1" in lsf_site.parse_nodes(f"{name}  ok  -  8  0  0  0  0  0\nn1 ok - 8 0 0 0 0 0")


@pytest.mark.parametrize("text", NO_JOB_IDS)
def test_an_invalid_job_id_is_refused(text: str) -> None:
    assert job_id(text) == ""


@pytest.mark.parametrize(
    "text", ["1", "4711", "45_3", "45_[2-4,7%2]", "45_[0-9:3]", "47+1", "15[2]", "9" * 18]
)
def test_a_valid_job_id_is_not_changed(text: str) -> None:
    assert job_id(text) == text


@pytest.mark.parametrize("index", ["1;id", "$(id)", "-1", "٣", "1 2"])
def test_an_index_that_lsf_cannot_have_is_refused(index: str) -> None:
    assert lsf.key_of("15", "name", index) == ""


@pytest.mark.parametrize("tag", ["", "..", "a/b", "a b", "$(id)", "-x", "x" * 65, "é", "a\n", "a.b"])
def test_an_invalid_tag_is_refused(tag: str) -> None:
    assert job_tag(tag) == ""
