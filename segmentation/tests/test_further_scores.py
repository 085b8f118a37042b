"""Interaction, satisfaction, loyalty, potential and health by the pure rules: the worked examples and the edges."""

import pytest

from segmentation.standing import (
    Seen,
    Talks,
    band,
    chance_left,
    health_parts,
    interaction_parts,
    loyalty,
    potential_parts,
    satisfaction,
    size_points,
    standing,
    total,
)


def points(parts):
    return {part.code: part.points for part in parts}


def interaction(**talks):
    return total(interaction_parts(Talks(**talks)))


def test_interaction_of_the_worked_examples():
    assert points(interaction_parts(Talks(4, 3, 3, 0))) == {"reached": 25.0, "answers": 22.5, "inbound": 0.0}
    assert interaction(tries=4, answered=3, reached=3) == 48
    assert interaction(reached=1, inbound=1) == 26


def test_interaction_is_full_with_six_reached_all_answered_and_two_incoming():
    assert interaction(tries=6, answered=6, reached=8, inbound=2) == 100
    assert interaction(tries=60, answered=60, reached=90, inbound=30) == 100


def test_tries_in_vain_are_zero_but_nothing_tried_is_no_data():
    assert interaction(tries=5) == 0
    assert interaction() is None


@pytest.mark.parametrize(
    ("csat", "nps", "found"),
    [
        (5, 3, "satisfied"),
        (4, None, "satisfied"),
        (None, 9, "satisfied"),
        (2, 8, "dissatisfied"),
        (None, 0, "dissatisfied"),
        (3, 6, "dissatisfied"),
        (3, None, "neutral"),
        (None, 7, "neutral"),
        (None, None, ""),
    ],
)
def test_satisfaction_by_the_last_answers(csat, nps, found):
    assert satisfaction(csat, nps) == found


@pytest.mark.parametrize(
    ("stage", "nps", "found"),
    [
        ("loyal", 9, "advocate"),
        ("loyal", 8, "behavioural"),
        ("loyal", None, "behavioural"),
        ("repeat", 10, "emotional"),
        ("repeat", 8, "none"),
        ("repeat", None, ""),
    ],
)
def test_loyalty_by_deed_and_word(stage, nps, found):
    assert loyalty(stage, nps) == found


def test_potential_of_the_worked_example():
    seen = Seen(Talks(4, 3, 3, 0), r=4, spend_now=300_000, spend_before=200_000, products=3)
    assert points(potential_parts(seen)) == {
        "recency": 20.0,
        "spend": 15.0,
        "interaction": 9.6,
        "range": 6.0,
        "size": None,
        "qualification": None,
    }
    assert standing(seen).potential == 67
    assert band(67) == "high"
    assert [band(score) for score in (66, 34, 33, None)] == ["mid", "mid", "low", ""]


@pytest.mark.parametrize(
    ("now", "before", "found"),
    [
        (400, 200, 20.0),
        (900, 200, 20.0),
        (200, 200, 10.0),
        (0, 200, 0.0),
        (-50, 200, 0.0),
        (100, 0, 20.0),
        (100, -30, 20.0),
        (0, 0, None),
        (-5, -5, None),
        (None, None, None),
    ],
)
def test_spend_against_the_ninety_days_before(now, before, found):
    assert points(potential_parts(Seen(spend_now=now, spend_before=before)))["spend"] == found


@pytest.mark.parametrize(
    ("industry", "size", "found"),
    [(12, 9, 11), (0, 15, 8), (0, 0, 0), (None, 9, 9), (12, None, 12), (None, None, None)],
)
def test_size_and_industry_give_their_mean_or_what_is_known(industry, size, found):
    assert size_points(industry, size) == found


def test_every_part_of_potential_can_be_full():
    talks = Talks(6, 6, 6, 2)
    seen = Seen(talks, r=5, spend_now=2, spend_before=1, products=9, size=15, qualification=100)
    assert [part.points for part in potential_parts(seen)] == [part.most for part in potential_parts(seen)]
    assert standing(seen).potential == 100


def test_health_of_the_worked_example():
    seen = Seen(chance=chance_left(0.30, 0.60), silent=21, every=14)
    assert points(health_parts(seen)) == {"chance": 20.0, "contact": 10.0, "satisfaction": None, "complaints": 20.0}
    assert standing(seen).health == 63


LATE = [(0, 20.0), (14, 20.0), (17, 20.0), (18, 15.0), (21, 10.0), (24, 10.0), (27, 5.0), (28, 0.0), (400, 0.0)]


@pytest.mark.parametrize(("share", "found"), [(1, 100), (0.976, 100), (0.974, 95), (0.5, 50), (0.024, 0), (1.2, 100)])
def test_what_is_left_of_the_chance_is_said_to_the_next_five(share, found):
    assert chance_left(share * 0.6, 0.6) == found


@pytest.mark.parametrize(("silent", "found"), [*LATE, (None, None)])
def test_contact_on_plan(silent, found):
    assert points(health_parts(Seen(silent=silent, every=14)))["contact"] == found


def test_a_complaint_costs_its_part_and_says_nothing_alone():
    assert standing(Seen(csat=4, open_complaints=1)).health == 50
    assert standing(Seen(csat=4)).health == 100
    assert standing(Seen(open_complaints=1)).health is None


def test_who_is_not_known_has_no_score_at_all():
    found = standing(Seen())
    assert (found.interaction, found.satisfaction, found.loyalty, found.potential, found.health) == (
        None,
        "",
        "",
        None,
        None,
    )
