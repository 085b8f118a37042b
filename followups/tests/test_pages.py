"""The list, the form and the default plans."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse

from followups.models import FollowUp
from followups.services import follow_up_create

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


def plan(customer, days=0, **more):
    return follow_up_create(
        customer=customer, assignee=customer.owner, due_on=TODAY + timedelta(days=days), by=customer.owner, **more
    )


def test_the_list_shows_mine_or_everybodys_by_day(make, cast, sign_in):
    plan(make("我的逾期"), -2)
    plan(make("我的以后"), 20)
    plan(make("队友的", owner=cast.li), 1)
    plan(make("外人的", owner=cast.outsider))
    mine = sign_in(cast.wang).get(reverse("follow_up_list")).content.decode()
    assert [name in mine for name in ("我的逾期", "我的以后", "队友的", "外人的")] == [True, True, False, False]
    overdue = sign_in(cast.wang).get(f"{reverse('follow_up_list')}?when=overdue").content.decode()
    assert [name in overdue for name in ("我的逾期", "我的以后")] == [True, False]
    team = sign_in(cast.lead).get(reverse("follow_up_list")).content.decode()
    assert [name in team for name in ("我的逾期", "队友的", "外人的")] == [True, True, False]
    one = sign_in(cast.lead).get(f"{reverse('follow_up_list')}?assignee={cast.li.pk}").content.decode()
    assert [name in one for name in ("我的逾期", "队友的")] == [False, True]


@pytest.mark.parametrize(
    "query", ["when=never", "assignee=x", "assignee=99999999999999999999", "cursor=%", "whose=god"]
)
def test_odd_values_in_the_address_are_ignored(make, cast, sign_in, query):
    assert sign_in(cast.wang).get(f"{reverse('follow_up_list')}?{query}").status_code == 200


def test_pages_follow_each_other(make, cast, sign_in):
    customer = make()
    for n in range(55):
        plan(customer, n)
    client = sign_in(cast.wang)
    first = client.get(reverse("follow_up_list"))
    second = client.get(f"{reverse('follow_up_list')}?cursor={first.context['page'].next_cursor}")
    assert tuple(len(page.context["list"].drawn) for page in (first, second)) == (50, 5)


def test_planning_offers_the_tiers_day_and_makes_one(make, cast, sign_in):
    customer = make(tier="A")
    client = sign_in(cast.wang)
    url = f"{reverse('follow_up_new')}?customer={customer.pk}"
    form = client.get(url).context["form"]
    assert form.initial["due_on"] == date(2026, 12, 24)
    data = {
        "due_on": "2026-12-01",
        "due_time": "14:00",
        "method": "visit",
        "purpose": "谈合同",
        "assignee": cast.wang.pk,
    }
    for _ in range(2):
        assert client.post(url, {**data, "idempotency_key": form["idempotency_key"].value()}).status_code == 302
    made = FollowUp.objects.get()
    assert (made.source, made.due_at.hour, made.purpose) == ("manual", 6, "谈合同")


def test_a_past_day_gets_a_clear_sentence_and_nothing_typed_is_lost(make, cast, sign_in):
    url = f"{reverse('follow_up_new')}?customer={make().pk}"
    data = {"due_on": "2026-11-01", "method": "visit", "purpose": "谈合同", "assignee": cast.wang.pk}
    answer = sign_in(cast.wang).post(url, data)
    assert answer.status_code == 422
    assert "lies in the past" in answer.content.decode()
    assert "谈合同" in answer.content.decode()


def test_two_people_editing_are_told(make, cast, sign_in):
    planned = plan(make(), purpose="alt")
    client = sign_in(cast.wang)
    url = reverse("follow_up_edit", args=[planned.pk])
    data = {"due_on": "2026-12-01", "method": "call", "assignee": cast.wang.pk, "version": 1}
    assert client.post(url, {**data, "purpose": "first"}).status_code == 302
    stale = client.post(url, {**data, "purpose": "second"})
    assert stale.status_code == 409
    assert "first" in stale.content.decode()
    assert "second" in stale.content.decode()
    assert client.post(url, {**data, "purpose": "second", "version": 2}).status_code == 302
    planned.refresh_from_db()
    assert planned.purpose == "second"


def test_a_visit_keeps_its_hour_when_its_person_changes_the_time_zone(cast, make, sign_in):
    visit = follow_up_create(
        customer=make(), assignee=cast.wang, due_on=date(2026, 12, 1), due_time=time(10), method="visit", by=cast.wang
    )
    assert visit.due_at == datetime(2026, 12, 1, 2, tzinfo=UTC)
    profile = {"name": "小王", "language": "en", "theme": "", "time_zone": "Europe/Berlin"}
    assert sign_in(cast.wang).post("/profile/", profile).status_code == 302
    visit.refresh_from_db()
    assert visit.due_at == datetime(2026, 12, 1, 9, tzinfo=UTC)
