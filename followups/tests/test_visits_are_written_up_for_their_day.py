"""A visit of yesterday is logged for yesterday: the form knows its day, its 24 hours and when they are over."""

from __future__ import annotations

from datetime import date, time, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.urls import reverse

from customers.models import Interaction
from followups.models import FollowUp
from followups.services import follow_up_complete, follow_up_create
from followups.tests.conftest import TUESDAY
from followups.today import _draw_visits
from followups.visits import never_written_up

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)


def visit_of(customer, due_on=MONDAY, **more):
    return follow_up_create(
        customer=customer, assignee=customer.owner, due_on=due_on, method="visit", by=customer.owner, **more
    )


def opened(client, customer, **more):
    return client.get(f"{reverse('interaction_new')}?{urlencode({'customer': customer.pk, **more})}")


def test_the_planned_day_is_filled_in_and_the_clock_is_that_of_today(make, cast, sign_in):
    customer = make()
    visit = visit_of(customer)
    page = opened(sign_in(cast.wang), customer)
    assert 'value="2026-11-23T23:59"' in page.content.decode()
    card = _draw_visits(
        cast.wang,
        [{"pk": visit.pk, "customer": customer.pk, "name": "", "due_on": "2026-11-23", "due_at": None, "total": 1}],
    )
    assert card.visits[0].left == page.context["standing"].left == timedelta(hours=13, minutes=59)
    assert "To be entered within 24 hours" in page.content.decode()


def test_a_day_later_it_is_a_late_entry_and_says_so_before_and_after(make, cast, sign_in):
    customer = make()
    visit_of(customer, MONDAY - timedelta(days=3))
    client = sign_in(cast.wang)
    page = opened(client, customer)
    assert "Late entry" in page.content.decode()
    sent = {name: page.context["form"][name].value() for name in ("kind", "next_step", "idempotency_key")}
    at = "2026-11-20T23:59"
    assert f'value="{at}"' in page.content.decode()
    answer = client.post(
        page.request["PATH_INFO"] + f"?customer={customer.pk}",
        {**sent, "result": "reached", "occurred_at": at},
        follow=True,
    )
    assert "logged as a late entry" in answer.content.decode()
    assert Interaction.objects.get().late
    assert not FollowUp.objects.filter(due_on__lt=MONDAY, state="open").exists()


def test_the_reason_of_a_late_entry_is_asked_for_at_once_and_once(make, cast, sign_in):
    late, in_time, client = make(), make(), sign_in(cast.wang)
    visit_of(late, MONDAY - timedelta(days=3))
    visit_of(in_time)
    for customer, folded in ((late, False), (in_time, True)):
        page = opened(client, customer).content.decode()
        open_part, more = page.split('<details class="more"', 1)[0], page.split("Time, contact, place and more")[1]
        assert page.count('name="late_reason"') == 1
        assert [('name="late_reason"' in part) for part in (open_part, more)] == [not folded, folded]


def test_the_visit_that_was_tapped_is_meant_also_behind_an_older_call(make, cast, sign_in):
    customer = make()
    follow_up_create(customer=customer, assignee=cast.wang, due_on=MONDAY - timedelta(days=9), by=cast.wang)
    first, second = visit_of(customer, MONDAY - timedelta(days=1)), visit_of(customer, due_time=time(15))
    client = sign_in(cast.wang)
    assert opened(client, customer).context["standing"].plan == first
    page = opened(client, customer, visit=second.pk)
    assert page.context["standing"].plan == second
    assert 'value="2026-11-23T15:00"' in page.content.decode()


def test_a_visit_of_today_or_later_is_logged_for_now(make, cast, sign_in):
    customer = make()
    visit_of(customer, MONDAY + timedelta(days=1))
    page = opened(sign_in(cast.wang), customer)
    assert 'value="2026-11-24T10:00"' in page.content.decode()
    assert page.context["standing"].left is None


def test_visits_never_written_up_count_for_the_24_hours_and_leads_open_them(make, cast, sign_in):
    customer = make("没写的")
    visit_of(customer, MONDAY - timedelta(days=2))
    follow_up_complete(follow_up=visit_of(make("说做完了"), MONDAY - timedelta(days=1)), by=cast.wang)
    visit_of(make("还有几小时"))
    client = sign_in(cast.lead)
    [wang] = [row for row in client.get(reverse("team")).context["rows"] if row.person.user == cast.wang]
    assert (wang.person.unwritten, wang.person.on_time) == (2, 0.0)
    page = client.get(wang.unwritten_url).content.decode()
    assert [name in page for name in ("没写的", "说做完了", "还有几小时")] == [True, True, False]
    with time_machine.travel(TUESDAY + timedelta(days=1), tick=False):
        assert FollowUp.objects.filter(never_written_up(MONDAY.replace(day=1))).count() == 3
