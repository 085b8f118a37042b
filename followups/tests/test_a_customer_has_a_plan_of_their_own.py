"""A customer's own plan: set, changed, removed; the next date follows at once."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from customers.models import Customer, CustomerFacts
from followups.models import FollowUp, Rhythm
from followups.services import follow_up_create, follow_up_reschedule

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


def planned(customer):
    return FollowUp.objects.get(customer=customer, state="open", source="cadence")


def next_on(customer):
    return CustomerFacts.objects.get(pk=customer.pk).next_follow_up_on


@pytest.fixture
def contacted(make, log_contact):
    """Of tier C, reached today: the table says 75 days."""
    customer = make("明珠", tier="C")
    log_contact(customer)
    return customer


def sent(**more):
    return {"every_days": "", "method": "", "at_time": "", "purpose": "", "version": 0} | more


def save(client, customer, **more):
    return client.post(reverse("own_plan", args=[customer.pk]), sent(**more), follow=True)


def test_saving_it_moves_the_next_date_at_once_and_says_where(contacted, cast, sign_in):
    page = save(
        sign_in(cast.wang), contacted, every_days="10", method="visit", at_time="10:00", purpose="送样"
    ).content.decode()
    row = planned(contacted)
    assert (row.due_on, row.due_time, row.method, row.purpose) == (date(2026, 12, 4), time(10), "visit", "送样")
    assert (row.due_at.hour, row.reason["pace"], row.reason["because"]) == (2, "own", "rhythm")
    assert next_on(contacted) == date(2026, 12, 4)
    assert "Next follow-up: Fri 4 Dec 10:00" in page
    assert "every 10 days · visit · 10:00" in page
    assert "every 60–90 days · WeChat" in page


def test_what_it_leaves_open_follows_the_table(contacted, cast, sign_in):
    was = planned(contacted)
    save(sign_in(cast.wang), contacted, purpose="问候")
    now = planned(contacted)
    assert (now.pk, now.due_on, now.method, now.purpose) == (was.pk, was.due_on, "wechat", "问候")


def test_removing_it_leads_back_to_the_default_plan(contacted, cast, sign_in):
    was, client = planned(contacted), sign_in(cast.wang)
    save(client, contacted, every_days="10", method="visit", at_time="10:00")
    page = client.post(reverse("own_plan_remove", args=[contacted.pk]), follow=True).content.decode()
    row = planned(contacted)
    assert (row.due_on, row.due_time, row.due_at, row.method) == (was.due_on, None, None, "wechat")
    assert "back to the default plan" in page
    assert not Rhythm.objects.exists()


def test_what_people_planned_or_moved_stands(make, log_contact, contacted, cast, sign_in):
    client = sign_in(cast.wang)
    follow_up_reschedule(follow_up=planned(contacted), due_on=date(2026, 12, 30), by=cast.wang)
    save(client, contacted, every_days="10", method="visit")
    row = planned(contacted)
    assert (row.due_on, row.method) == (date(2026, 12, 30), "wechat")
    other = make("手工")
    follow_up_create(customer=other, assignee=cast.wang, due_on=TODAY + timedelta(days=5), by=cast.wang)
    save(client, other, every_days="10")
    assert [f.source for f in FollowUp.objects.filter(customer=other, state="open")] == ["manual"]


def test_two_people_change_it_at_once(contacted, cast, sign_in):
    wang, lead = sign_in(cast.wang), sign_in(cast.lead)
    url = reverse("own_plan", args=[contacted.pk])
    opened = wang.get(url).context["form"].initial["original"]
    assert save(lead, contacted, every_days="20", purpose="样品").status_code == 200
    # Mine and theirs differ in one field: it is asked; in another only mine: it is kept.
    asked = wang.post(url, sent(every_days="10", at_time="09:00", original=opened))
    assert (asked.status_code, [one.name for one in asked.context["fields"]]) == (409, ["every_days"])
    assert wang.post(url, sent(at_time="09:00", original=opened)).status_code == 302
    rhythm = Rhythm.objects.get()
    assert (rhythm.every_days, rhythm.at_time, rhythm.purpose, rhythm.version) == (20, time(9), "样品", 2)
    assert rhythm.updated_by == cast.wang


@pytest.mark.parametrize(
    "wrong", [{}, {"every_days": "0"}, {"every_days": "367"}, {"every_days": "x"}, {"at_time": "x"}]
)
def test_what_says_nothing_or_is_wrong_is_refused_with_its_words(contacted, cast, sign_in, wrong):
    answer = save(sign_in(cast.wang), contacted, **wrong)
    assert (answer.status_code, Rhythm.objects.exists()) == (422, False)
    assert answer.context["form"].errors


def test_the_audit_log_says_it_in_words(contacted, cast, sign_in):
    client = sign_in(cast.wang)
    save(client, contacted, every_days="10", at_time="10:00", purpose="他的秘密")
    client.post(reverse("own_plan_remove", args=[contacted.pk]))
    lines = list(AuditEntry.objects.filter(act__startswith="own_plan").order_by("pk").values_list("act", "details"))
    said = {"customer": contacted.pk, "every_days": 10, "at_time": "10:00"}
    assert lines == [("own_plan.set", said), ("own_plan.remove", said)]


def test_whoever_may_only_look_sees_it_without_a_way_to_change_it(contacted, cast, sign_in):
    save(sign_in(cast.wang), contacted, every_days="10")
    url = reverse("own_plan", args=[contacted.pk])
    page = sign_in(cast.auditor).get(reverse("customer", args=[contacted.pk])).content.decode()
    assert "every 10 days" in page
    assert url not in page
    assert sign_in(cast.auditor).get(url).status_code == 403
    assert sign_in(cast.outsider).get(url).status_code == 404


def test_a_paused_customer_keeps_the_plan_for_later(make, cast, sign_in):
    customer = make(stage="paused")
    save(sign_in(cast.wang), customer, every_days="10")
    assert not FollowUp.objects.exists()
    Customer.objects.filter(pk=customer.pk).update(stage="long_term")
    assert Rhythm.objects.get().every_days == 10


def test_a_method_that_nobody_can_choose_any_more_does_not_vanish(contacted, cast, sign_in):
    client = sign_in(cast.wang)
    Rhythm.objects.create(customer=contacted, method="note", every_days=20, created_by=cast.wang, updated_by=cast.wang)
    form = client.get(reverse("own_plan", args=[contacted.pk])).context["form"]
    data = {bound.html_name: bound.value() for bound in form if bound.value()}
    assert data["method"] in dict(form.fields["method"].choices)
    assert client.post(reverse("own_plan", args=[contacted.pk]), data | {"purpose": "x"}).status_code == 302
    rhythm = Rhythm.objects.get()
    assert (rhythm.method, rhythm.purpose) == ("note", "x")
    assert client.post(reverse("own_plan", args=[contacted.pk]), sent(method="other")).status_code == 422
