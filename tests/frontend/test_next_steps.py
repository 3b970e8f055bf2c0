"""The worker names what the user can do next; each front end says how, in its own words."""

import pytest

from jupystra_tui import protocol
from jupystra_tui.frontend.next_steps import How, Subject, advised, advised_event, no_instruction, subject_of
from jupystra_tui.model import (
    Action,
    Cluster,
    Problem,
    Session,
    SessionPhase,
    Snapshot,
    Tunnel,
    TunnelState,
)
from jupystra_tui.ui.action_keys import dashboard_how
from jupystra_tui.ui.keys import key_finder
from jupystra_tui.verbs.command_hints import command_how

PROBLEM = Problem("Not logged in to hpc", "Log in first.", next_action=Action.LOG_IN)
dashboard = dashboard_how(key_finder({}))


def test_the_dashboard_names_the_key_that_the_command_has_now() -> None:
    assert advised(PROBLEM, dashboard, Subject("hpc")).hint == "Log in first (press i)."
    remapped = dashboard_how(key_finder({"login": "f2"}))
    assert advised(PROBLEM, remapped, Subject("hpc")).hint == "Log in first (press f2)."


def test_a_command_of_another_screen_has_the_key_of_its_screen_first() -> None:
    assert dashboard(Action.SET_UP_NODE_KEY, Subject()) == "press 3, then a"


def test_the_command_line_names_a_command_and_quotes_what_it_names() -> None:
    assert command_how(Action.CONNECT, Subject("hpc", "42_[1-3]")) == "run `jupystra connect '42_[1-3]'`"
    assert command_how(Action.CONNECT, Subject("hpc")) == "", "a command without its job is of no use"


@pytest.mark.parametrize("how", [dashboard, command_how], ids=["dashboard", "commands"])
@pytest.mark.parametrize("action", list(Action))
def test_both_front_ends_say_how_to_do_every_action(how: How, action: Action) -> None:
    instruction = how(action, Subject("hpc", "42"))
    assert instruction.split()[0] in ("press", "run", "use")
    assert "{" not in instruction


def test_a_front_end_without_keys_and_commands_adds_nothing() -> None:
    assert advised(PROBLEM, no_instruction, Subject("hpc")).hint == "Log in first."


def test_problems_in_events_are_completed_and_other_events_stay_as_they_are() -> None:
    session = Session(Cluster("hpc", "hpc"), SessionPhase.DOWN, problem=PROBLEM)
    shown = advised_event(protocol.SessionChanged(session), command_how)
    assert isinstance(shown, protocol.SessionChanged)
    assert shown.session.problem
    assert shown.session.problem.hint == "Log in first (run `jupystra list --cluster hpc`)."
    tunnel = Tunnel("1", "hpc", "42", "lab", "n1", TunnelState.WAITING)
    problem = Problem("That tunnel is closed", "Connect again.", next_action=Action.CONNECT)
    tunnels = (tunnel, Tunnel("2", "hpc", "43", "lab", "n1", TunnelState.WAITING, problem=problem))
    changed = advised_event(protocol.TunnelsChanged(tunnels), command_how)
    assert isinstance(changed, protocol.TunnelsChanged)
    assert changed.tunnels[0] == tunnel
    assert changed.tunnels[1].problem
    assert changed.tunnels[1].problem.hint == "Connect again (run `jupystra connect 43`)."
    taken = protocol.SnapshotTaken(Snapshot("hpc", 1.0))
    assert advised_event(taken, command_how) is taken


def test_a_request_says_what_its_problem_is_about() -> None:
    assert subject_of(protocol.Connect("hpc", "42")) == Subject("hpc", "42")
    assert subject_of(protocol.Login(Cluster("hpc", "hpc.example.org"))) == Subject("hpc")
    assert subject_of(protocol.Stop()) == Subject()
