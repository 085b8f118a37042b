"""Which stage follows from a result, and where a customer stands when its pause is over."""

from datetime import date, timedelta

import pytest

from customers.models import InteractionResult, Stage
from customers.stages import Place, place_after_pause, stage_after_result

TODAY = date(2026, 11, 24)
PAUSED = Place("paused", TODAY - timedelta(days=60), TODAY)


@pytest.mark.parametrize("result", InteractionResult.values)
@pytest.mark.parametrize("stage", Stage.values)
def test_only_two_results_move_a_stage(stage, result):
    wanted = stage
    if result == "proposal_sent":
        wanted = "proposal"
    if (stage, result) == ("first_contact", "interested"):
        wanted = "needs"
    assert stage_after_result(stage, result) == wanted


def test_after_a_pause_a_customer_stands_where_it_stood():
    before = Place("proposal", date(2026, 9, 1))
    assert place_after_pause(PAUSED, before, None, TODAY) == before


@pytest.mark.django_db  # how long after-sale lasts is the company's number
@pytest.mark.parametrize(
    ("before", "bought_on", "stage"),
    [
        (Place("needs", date(2026, 9, 1)), TODAY - timedelta(days=5), "after_sale"),  # bought during the pause
        (Place("needs", date(2026, 9, 1)), TODAY - timedelta(days=200), "needs"),
        (Place("after_sale", date(2026, 6, 1)), date(2026, 6, 1), "long_term"),  # its 90 days are over
        (None, None, "first_contact"),
        (None, TODAY - timedelta(days=200), "long_term"),
    ],
)
def test_orders_say_where_it_stands_when_they_know_better(before, bought_on, stage):
    assert place_after_pause(PAUSED, before, bought_on, TODAY).stage == stage
