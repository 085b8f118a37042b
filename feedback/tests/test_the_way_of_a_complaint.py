"""Which step may follow which: the pure table, walked with random choices and checked against the domain's line."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback import states
from feedback.models import Complaint

LINE = ("received", "graded", "investigating", "resolving", "answered", "satisfaction_asked", "closed")


def test_the_line_of_the_domain_can_be_walked_to_its_end():
    assert all(states.may_move(state, to) for state, to in pairwise(LINE))


def test_every_state_of_the_model_has_a_row_and_a_step():
    assert set(states.NEXT) == set(states.STEP_OF) == set(Complaint.State.values)


@pytest.mark.parametrize("state", states.STATES)
def test_no_state_is_a_dead_end(state):
    assert states.NEXT[state]


def test_a_step_cannot_be_left_out():
    assert not states.may_move("received", "resolving")
    assert not states.may_move("resolving", "closed")
    assert not states.may_move("answered", "closed")


def test_a_way_passes_through_every_state_between():
    assert states.way("received", "closed") == LINE[1:]
    assert states.way("reopened", "answered") == ("resolving", "answered")
    assert states.way("answered", "answered") == states.way("closed", "graded") == ()


def test_no_way_leads_through_a_close_or_a_reopening():
    for state in states.STATES:
        for to in states.STATES:
            assert not {"closed", "reopened"} & set(states.way(state, to)[:-1])


def test_only_a_closed_or_asked_case_can_be_reopened():
    assert {state for state in states.STATES if states.may_move(state, "reopened")} == {"closed", "satisfaction_asked"}


def test_closing_asks_for_result_and_satisfaction():
    assert states.missing_for("closed", {}) == ["result", "csat"]
    assert states.missing_for("closed", {"result": "replaced", "csat": 4}) == []
    assert states.missing_for("answered", {}) == []


@given(st.lists(st.integers(0, 5), max_size=40))
def test_whatever_is_chosen_closing_is_only_reached_after_the_satisfaction_was_asked(choices):
    state, before = states.RECEIVED, ""
    for choice in choices:
        ways = states.NEXT[state]
        state, before = ways[choice % len(ways)], state
        assert state != states.CLOSED or before == states.SATISFACTION_ASKED
