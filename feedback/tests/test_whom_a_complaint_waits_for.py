"""waiting_on, the tabs and the figures: whose move it is, what is late."""

from datetime import timedelta

import pytest

from core import clock
from feedback import selectors
from feedback.services import complaint_assign, complaint_respond

pytestmark = pytest.mark.django_db


def counts(user):
    return selectors.tab_counts(user, selectors.complaints(user))


def test_a_new_complaint_waits_for_its_owner(complaint, cast):
    assert list(selectors.waiting_on(cast.wang)) == [complaint]
    assert not selectors.waiting_on(cast.li).exists()


def test_while_the_customers_answer_is_awaited_it_waits_for_nobody(complaint, cast, bring_to):
    bring_to(complaint, "satisfaction_asked")
    assert not selectors.waiting_on(cast.wang).exists()


def test_a_handed_over_complaint_waits_for_the_new_owner_out_of_the_team_too(complaint, cast):
    complaint_assign(complaint=complaint, to=cast.outsider, by=cast.lead, version=1)
    assert list(selectors.waiting_on(cast.outsider)) == [complaint]
    assert selectors.visible_customers(cast.outsider, [complaint]) == set()


def test_the_clock_that_ends_first_comes_first(take_in, cast):
    late, fresh, answered = take_in(hours_ago=30), take_in(hours_ago=1), take_in(hours_ago=20)
    complaint_respond(complaint=answered, by=cast.wang, version=1)
    assert list(selectors.waiting_on(cast.wang)) == [late, fresh, answered]


def test_breached_are_missed_responses_and_passed_promises(take_in, cast):
    missed, running = take_in(hours_ago=25), take_in(hours_ago=1)
    passed = take_in(hours_ago=20, promised_at=clock.now() - timedelta(hours=1))
    complaint_respond(complaint=passed, by=cast.wang, version=1)
    assert set(selectors.complaints(cast.lead).filter(selectors.breached_at(clock.now()))) == {missed, passed}
    assert counts(cast.wang) == {"open": 3, "waiting": 3, "mine": 3, "breached": 2}
    assert running in selectors.complaints(cast.lead).filter(selectors.OPEN)


def test_the_figures_count_the_last_30_days(take_in, cast, bring_to):
    late = take_in(hours_ago=30)
    closed = bring_to(take_in(hours_ago=2), "closed")
    take_in(hours_ago=24 * 40)
    figures = selectors.figures(cast.lead)
    assert (figures.received, figures.late, figures.answered, figures.satisfaction) == (2, 1, 1, 4)
    assert figures.median_response == closed.first_response_at - closed.received_at
    assert late.is_open


def test_strangers_see_neither_rows_nor_figures(complaint, cast):
    assert not selectors.complaints(cast.outsider).exists()
    assert counts(cast.outsider)["open"] == 0
    assert selectors.figures(cast.outsider).received == 0
