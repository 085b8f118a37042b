"""Birthdays, anniversaries and holidays become contacts within the week before them, once a year, by tier."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from customers.birthdays import falling_on
from customers.models import Customer, CustomerFacts, Industry
from followups import reasons
from followups.models import FollowUp, Occasion
from followups.occasions.planning import occasions_make
from followups.planning import plans_make
from followups.services import follow_up_create, occasion_add, occasion_change

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)  # a Tuesday


@pytest.fixture
def born(make):
    """`born("1980-11-27")` gives a person of the best tier with that birthday."""

    def made(birthday: str, **more):
        flags = {name: more.pop(name) for name in ("birthday_is_lunar", "birthday_leap_month") if name in more}
        customer = make(**{"kind": "person", "tier": "A", "last_contact": 5, **more})
        Customer.objects.filter(pk=customer.pk).update(birthday=birthday, **flags)
        return customer

    return made


def care_of(customer):
    return FollowUp.objects.filter(customer=customer, state="open", source="care").first()


def occasion(what, **changes):
    row = Occasion.objects.get(what=what)
    for name, value in {"is_active": True, **changes}.items():
        setattr(row, name, value)
    row.save()
    return row


def test_a_birthday_within_the_week_takes_the_place_of_a_later_plan(born):
    customer, later = born("1980-11-27"), born("1980-12-20")
    plans_make()
    assert occasions_make() == 1
    row = care_of(customer)
    assert (row.due_on, row.method, row.assignee) == (date(2026, 11, 27), "call", customer.owner)
    assert reasons.describe(row.reason_code, row.reason, last_contact_on=None, today=TODAY) == "Birthday on Fri 27 Nov"
    assert CustomerFacts.objects.get(pk=customer.pk).next_follow_up_on == row.due_on
    assert FollowUp.objects.get(customer=later, state="open").source == "cadence"
    assert (occasions_make(), plans_make()["made"]) == (0, 0)


def test_a_day_off_is_kept_on_the_working_day_before(born):
    customer = born("1980-11-28")  # a Saturday
    occasions_make()
    assert care_of(customer).due_on == date(2026, 11, 27)


def test_what_is_due_before_it_is_done_first(born):
    customer = born("1980-11-27", last_contact=31)  # due today
    plans_make()
    assert occasions_make() == 0
    assert FollowUp.objects.get(customer=customer).source == "cadence"
    with time_machine.travel("2026-11-27T02:00:00Z", tick=False):
        assert occasions_make() == 1, "on the day itself it goes before"
    assert care_of(customer).due_on == date(2026, 11, 27)


@pytest.mark.parametrize("other", ["warning", "complaint", "revisit"])
def test_what_is_more_urgent_stands(born, cast, other):
    customer = born("1980-11-27")
    follow_up_create(customer=customer, assignee=cast.wang, due_on=TODAY, by=cast.wang, source=other)
    assert occasions_make() == 0
    assert care_of(customer) is None


@pytest.mark.parametrize(("days", "made"), [(2, 0), (-1, 0), (7, 1)])
def test_a_persons_plan_about_that_day_serves_for_it(born, cast, days, made):
    customer = born("1980-11-27")
    day = date(2026, 11, 27) + timedelta(days=days)
    follow_up_create(customer=customer, assignee=cast.wang, due_on=day, by=cast.wang)
    assert occasions_make() == made


@pytest.mark.parametrize("quiet", [{"tier": "C"}, {"kind": "company"}, {"do_not_contact": True}, {"lifecycle": "lost"}])
def test_others_than_those_meant_get_none(born, quiet):
    born("1980-11-27", **quiet)
    assert occasions_make() == 0


def test_once_a_year_even_if_it_was_called_off(born):
    customer = born("1980-11-27")
    occasions_make()
    FollowUp.objects.filter(customer=customer).update(state="cancelled")
    assert occasions_make() == 0
    with time_machine.travel("2027-11-22T02:00:00Z", tick=False):
        assert occasions_make() == 1


@pytest.mark.parametrize(
    ("day", "solar", "lunar", "leap"),
    [
        (date(2027, 2, 28), {"02-28", "02-29"}, None, None),
        (date(2028, 2, 28), {"02-28"}, None, None),
        (date(2026, 9, 25), {"09-25"}, {"08-15"}, {"08-15"}),  # no leap month this year: kept in the usual one
        (date(2028, 7, 20), None, set(), {"05-28"}),  # in the leap month itself
        (date(2027, 2, 5), None, {"12-29", "12-30"}, {"12-29", "12-30"}),  # a month of 29 days
    ],
)
def test_the_days_that_some_years_do_not_have_are_kept(day, solar, lunar, leap):
    found = falling_on(day)
    for wanted, kept in ((solar, found.solar), (lunar, found.lunar), (leap, found.leap)):
        assert wanted is None or kept == wanted


def test_a_lunar_birthday_falls_on_its_own_day(born):
    customer = born("1980-10-16", birthday_is_lunar=True)  # 24 November 2026
    born("1980-10-16")
    assert occasions_make() == 1
    assert care_of(customer).due_on == TODAY


def test_greetings_of_a_holiday_are_dealt_out_over_the_working_days_before_it(make):
    occasion("new_year", days_before=5, method="wechat", content="新年问候")
    customers = [make(f"客户 {n}", last_contact=3) for n in range(9)]
    with time_machine.travel("2026-12-20T02:00:00Z", tick=False):
        assert occasions_make() == len(customers)
    days = sorted(FollowUp.objects.values_list("due_on", flat=True))
    assert set(days) == {date(2026, 12, day) for day in (28, 29, 30, 31)}
    assert max(days.count(day) for day in days) == 3
    assert FollowUp.objects.first().purpose == "新年问候"


def test_news_of_an_industry_reach_its_customers_on_a_day_of_ones_own(make, cast):
    customer, other = make(last_contact=3), make(last_contact=3)
    textiles = Industry.objects.get(code="textiles")
    Customer.objects.filter(pk=customer.pk).update(industry=textiles)
    occasion_add(by=cast.manager, name="展会", on=date(2026, 11, 30), industry=textiles, days_before=3, method="call")
    assert occasions_make() == 1
    assert care_of(customer).reason["name"] == "展会"
    assert care_of(other) is None


def test_an_anniversary_counts_from_the_second_year(make):
    occasion("first_order", tiers=[])
    last_year, new = make(), make()
    CustomerFacts.objects.filter(pk=last_year.pk).update(first_order_on=date(2024, 11, 26))
    CustomerFacts.objects.filter(pk=new.pk).update(first_order_on=date(2026, 11, 26))
    assert occasions_make() == 1
    assert care_of(last_year)


def test_one_that_is_switched_off_takes_back_what_nobody_has_touched(born, cast):
    customer, moved = born("1980-11-27"), born("1980-11-26")
    occasions_make()
    FollowUp.objects.filter(customer=moved).update(reason={"chosen": True})
    row = Occasion.objects.get(what="birthday")
    occasion_change(occasion=row, changes={"is_active": False}, version=row.version, by=cast.manager)
    assert care_of(customer) is None
    assert care_of(moved)
    row.refresh_from_db()
    occasion_change(occasion=row, changes={"is_active": True}, version=row.version, by=cast.manager)
    assert occasions_make() == 1


def test_the_page_shows_all_and_lets_managers_change_them(cast, sign_in):
    assert "Mid-Autumn Festival" in sign_in(cast.wang).get("/settings/occasions/").content.decode()
    assert sign_in(cast.wang).get("/settings/occasions/new/").status_code == 403
    manager = sign_in(cast.manager)
    page = manager.get("/settings/occasions/new/")
    sent = {
        "name": "春季展会",
        "on": "2027-03-10",
        "days_before": "5",
        "method": "call",
        "is_active": "on",
        "idempotency_key": page.context["form"]["idempotency_key"].value(),
    }
    assert "Added: 春季展会" in manager.post("/settings/occasions/new/", sent, follow=True).content.decode()
    wrong = manager.post("/settings/occasions/new/", {**sent, "on": "2025-01-01", "days_before": "99"})
    assert wrong.status_code == 422
    assert "The day lies in the past." in wrong.content.decode()
    assert "0 to 30" in wrong.content.decode()
    far = manager.post("/settings/occasions/new/", {**sent, "on": "9999-12-31"})
    assert (far.status_code, "more than five years ahead" in far.content.decode()) == (422, True)
    row = Occasion.objects.get(what="spring")
    form = manager.get(f"/settings/occasions/{row.pk}/").context["form"]
    data = {name: form[name].value() for name in ("version", "original", "method", "days_before")}
    assert manager.post(f"/settings/occasions/{row.pk}/", {**data, "is_active": "on"}).status_code == 302
    row.refresh_from_db()
    assert row.is_active
    own = Occasion.objects.get(what="own")
    assert manager.post(f"/settings/occasions/{row.pk}/delete/").status_code == 404
    assert manager.post(f"/settings/occasions/{own.pk}/delete/").status_code == 302
    assert not Occasion.objects.filter(what="own").exists()
