"""Outcomes, causes and actions of the warnings that ended in the last year; each figure opens its rows."""

import pytest
from django.urls import reverse

from core import clock
from customers.models import Interaction
from segmentation.cases import services
from segmentation.cases.models import CaseAction, ChurnCause
from segmentation.models import ChurnCase
from workbench.tests.test_a_warning_is_given import warned

pytestmark = pytest.mark.django_db


@pytest.fixture
def ended(cast):
    price = ChurnCause.objects.get(code="price")
    today = clock.business_date()

    def end(number, state, cause=None):
        case = warned(number, cast.wang)
        Interaction.objects.create(
            customer=case.customer, user=cast.wang, kind="call", result="reached", occurred_at=clock.now()
        )
        if state == "won_back":
            services.action_add(case=case, kind="gift", done_on=today, cost=12_000, by=cast.wang)
        ChurnCase.objects.filter(pk=case.pk).update(state=state, closed_at=clock.now(), closed_on=today, cause=cause)
        return case

    for n in range(3):
        end(f"B{n}", "won_back")
    for n in range(30):
        end(f"L{n}", "lost", price if n < 20 else None)
    end("F", "false_alarm")


def rows_of(client, url):
    return int(client.get(url).context["list"].total)


def test_an_action_has_its_rate_its_cost_and_its_rows(sign_in, cast, ended):
    client = sign_in(cast.lead)
    context = client.get(reverse("warning_results")).context
    gift, call = ({row.label: row for row in context["actions"]}[name] for name in ("Gift", "Call"))
    assert (gift.tried, gift.won, gift.cost, gift.cost_per_won, gift.few) == (3, 3, 36_000, 12_000, True)
    assert (call.tried, call.won, call.cost, call.few) == (33, 3, None, False)
    for row in (gift, call):
        assert rows_of(client, row.url) == row.tried
        assert rows_of(client, row.won_url) == row.won


def test_what_was_removed_counts_no_more(sign_in, cast, ended):
    services.action_remove(action=CaseAction.objects.first(), by=cast.wang)
    context = sign_in(cast.lead).get(reverse("warning_results")).context
    assert {row.label: row.tried for row in context["actions"]}["Gift"] == 2


def test_causes_are_counted_and_open_their_rows(sign_in, cast, ended):
    client = sign_in(cast.lead)
    causes = client.get(reverse("warning_results")).context["causes"]
    assert [(row.name, row.count, row.lost) for row in causes] == [("Price", 20, 20), ("not known yet", 14, 10)]
    for row in causes:
        assert rows_of(client, row.url) == row.count


def test_outcomes_open_their_rows(sign_in, cast, ended):
    client = sign_in(cast.lead)
    for outcome in client.get(reverse("warning_results")).context["outcomes"]:
        assert rows_of(client, outcome.url) == outcome.count


def test_a_stranger_sees_nothing_of_it(sign_in, cast, ended):
    context = sign_in(cast.outsider).get(reverse("warning_results")).context
    assert (context["actions"], list(context["causes"])) == ([], [])
