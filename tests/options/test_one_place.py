"""An option is declared in one place: form, flags, settings, batch script and README follow."""

from argparse import ArgumentParser
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.reactive import Reactive
from textual.widgets import Input

from jupystra_tui.errors import ConfigError
from jupystra_tui.frontend.launch_flags import add_launch, order_of
from jupystra_tui.frontend.settings import Tables
from jupystra_tui.model import Cluster, JobRequest
from jupystra_tui.options import OPTIONS, Option
from jupystra_tui.options.readme import markdown
from jupystra_tui.options.texts import parse_cores
from jupystra_tui.schedulers.lsf.lsf_submit import MemoryUnits
from jupystra_tui.schedulers.lsf.lsf_submit import script_header as lsf_header
from jupystra_tui.schedulers.slurm.slurm_submit import script_header, submit_command
from jupystra_tui.ui.screens.launch_form import LaunchForm
from jupystra_tui.ui.theme import DARK

RESERVATION = Option(
    name="nodes",
    label="nodes",
    help="nodes of the job",
    parse=parse_cores,
    flags=("--nodes",),
    metavar="N",
    if_left_out="1",
    native={"slurm": "--nodes", "lsf": "-nnodes"},
)
TABLE = (*OPTIONS, RESERVATION)
LOG = "/home/ada/log"


class Request(JobRequest, frozen=True):
    """A request with the field of the new option."""

    nodes: int = 1


HPC = Cluster("hpc", "login", defaults=Request())


def test_every_field_of_a_request_is_one_option() -> None:
    names = [option.name for option in OPTIONS]
    assert sorted(names) == sorted(JobRequest.__struct_fields__)
    assert len(set(names)) == len(names)


def test_no_two_options_share_a_flag_or_a_label() -> None:
    flags = [flag for option in OPTIONS for flag in option.flags]
    assert len(set(flags)) == len(flags)
    assert len({option.label for option in OPTIONS}) == len(OPTIONS)


def test_every_value_of_a_default_request_is_written_and_read_back() -> None:
    for option in OPTIONS:
        value = getattr(JobRequest(), option.name)
        assert option.parse(option.write(value)) == value


class Page(App[None]):
    """The form alone."""

    theme = Reactive(DARK.name)

    def compose(self) -> ComposeResult:
        """Show it."""
        yield LaunchForm(Request(nodes=2), (), options=TABLE)


async def test_a_new_option_is_a_field_of_the_form() -> None:
    app = Page()
    async with app.run_test():
        app.query_one("#nodes", Input).value = "many"
        form = app.query_one(LaunchForm)
        assert form.reading.remarks["nodes"].text == "'many' is not a number of cores; write 1 or more"
        app.query_one("#nodes", Input).value = "3"
        assert form.reading.request == Request(nodes=3)


def test_a_new_option_is_a_flag() -> None:
    parser = ArgumentParser()
    add_launch(parser, TABLE)
    assert "nodes of the job; default: 1" in parser.format_help()
    order = order_of(HPC, parser.parse_args(["--nodes", "4"]), TABLE)
    assert order
    assert order.request(HPC.defaults) == Request(nodes=4)
    with pytest.raises(ConfigError, match="--nodes: '0' is not a number of cores"):
        order_of(HPC, parser.parse_args(["--nodes", "0"]), TABLE)


def settings(value: Any) -> Cluster:
    text = f"[defaults]\nnodes = {value}\n"
    tables = Tables("config.toml", text, {"defaults": {"nodes": value}}, TABLE)
    return tables.cluster(tables.top, (), HPC)


def test_a_new_option_is_a_setting() -> None:
    assert settings(5).defaults == Request(nodes=5)
    with pytest.raises(ConfigError, match=r"config.toml:2: '0' is not a number of cores"):
        settings(0)


def test_a_new_option_is_sent_to_both_schedulers() -> None:
    assert "#SBATCH --nodes=6" in script_header(Request(nodes=6), LOG, "tag", TABLE)
    assert "SBATCH_NODES" in submit_command(Request(nodes=6), LOG, "tag", TABLE)
    assert "#BSUB -nnodes 6" in lsf_header(Request(nodes=6), LOG, "tag", MemoryUnits(), TABLE)


def test_a_new_option_is_a_row_of_the_readme() -> None:
    table = markdown({"slurm": "Slurm", "lsf": "LSF"}, TABLE)
    assert table.endswith("| `--nodes` | `nodes` | 1 | `--nodes` | `-nnodes` | nodes of the job |")
