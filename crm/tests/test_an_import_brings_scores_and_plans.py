"""After an import the night's work is done at once: tiers, plans and past month ends are there in minutes."""

from datetime import date

import pytest
from django.core.management import call_command

from core import clock
from core.models import JobRun
from crm.tasks import tick_night
from customers.models import Customer
from followups.models import FollowUp
from intake.models import ImportJob
from intake.tests.files import own_storage, run_import, table
from segmentation.models import PastOrders, ScoreRun
from segmentation.past import months_to_score

__all__ = ["own_storage", "run_import", "table"]

pytestmark = pytest.mark.django_db
MAP = "order_no=no,ordered_at=at,customer_no=customer,customer_name=name,owner_email=owner,amount=amount"
HEADER = "no,at,customer,name,owner,amount"


@pytest.fixture
def today(time_machine, defaults, cast):
    """A Monday noon in the company's zone."""
    time_machine.move_to("2026-11-23T04:00:00+00:00", tick=False)
    return date(2026, 11, 23)


def orders(days: str, *, first: int = 1) -> list[str]:
    return [
        f"{number},{day},C{number % 3},Name {number % 3},wang@example.com,{100 * number}"
        for number, day in enumerate(days.split(), first)
    ]


def published() -> list[str]:
    return [f"{day:%m-%d}" for day in ScoreRun.objects.order_by("as_of").values_list("as_of", flat=True)]


def test_a_company_with_a_history_has_tiers_plans_and_past_months_after_its_first_file(today, run_import, table):
    run_import(table(HEADER, *orders("2026-07-10 2026-08-02 2026-10-30 2026-11-20 2026-11-21")), MAP)
    assert set(JobRun.objects.filter(business_date=clock.last_ended_day()).values_list("state", flat=True)) == {"due"}
    tick_night()
    assert not JobRun.objects.exclude(state="done").exists()
    assert {"07-31", "08-31", "09-30", "10-31", "11-22"} <= set(published())
    assert "06-30" not in published(), "no month is scored before the first order"
    customers = Customer.objects.select_related("facts")
    assert len(customers) == 3
    assert all(customer.facts.lifecycle != "prospect" for customer in customers)
    assert FollowUp.objects.filter(state="open", customer__in=customers).count() == 3


def test_the_page_of_the_import_follows_the_night(today, run_import, table, sign_in, cast):
    run_import(table(HEADER, *orders("2026-10-30 2026-11-20")), MAP)
    page, address = sign_in(cast.admin), f"/imports/{ImportJob.objects.get().pk}/"
    text = page.get(address).content.decode()
    assert f"0 of {JobRun.objects.filter(state='due').count()} steps done" in text
    assert 'hx-trigger="every 2s"' in text
    tick_night()
    text = page.get(address).content.decode()
    assert "steps done" not in text
    assert "hx-trigger" not in text


def test_nothing_new_asks_for_nothing(today, run_import, table):
    file = table(HEADER, *orders("2026-10-30 2026-11-20"))
    run_import(file, MAP)
    tick_night()
    run_import(file, MAP)
    assert not JobRun.objects.exclude(state="done").exists()
    assert not PastOrders.objects.exists()


def test_a_dry_run_asks_for_nothing(today, run_import, table):
    run_import(table(HEADER, *orders("2026-10-30")), MAP, dry_run=True)
    assert not JobRun.objects.exists()


def test_orders_that_come_late_have_the_month_ends_behind_them_scored_again(today, time_machine, run_import, table):
    run_import(table(HEADER, *orders("2026-07-10 2026-08-02 2026-11-20")), MAP)
    tick_night()
    before = dict(ScoreRun.objects.values_list("as_of", "published_at"))
    run_import(table(HEADER, *orders("2026-09-15", first=50)), MAP)
    assert [note.since for note in PastOrders.objects.all()] == [date(2026, 9, 15)]
    time_machine.shift(3600)
    tick_night()
    again = {day for day, at in ScoreRun.objects.values_list("as_of", "published_at") if before.get(day) != at}
    assert again == {date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 22)}
    assert not PastOrders.objects.exists()


def test_present_tiers_and_plans_are_those_of_a_night_without_past_months(today, run_import, table):
    """The month ends are scored after the present; they move nothing in it."""
    run_import(table(HEADER, *orders("2026-07-10 2026-08-02 2026-10-30 2026-11-20 2026-11-21")), MAP)
    call_command("rescore")
    alone = list(Customer.objects.order_by("pk").values_list("facts__tier", "facts__lifecycle", "facts__warning"))
    tick_night()
    assert (
        list(Customer.objects.order_by("pk").values_list("facts__tier", "facts__lifecycle", "facts__warning")) == alone
    )


def test_a_company_without_orders_has_no_month_to_score(today):
    assert months_to_score(clock.last_ended_day()) == []


def test_visits_of_the_past_are_no_work_of_today(today, run_import, table):
    """Days 7, 30 and 90 after a first order that lie more than a week back are history, not something to be planned."""
    rows = [f"{n},{day},H{n},Name {n},wang@example.com,100" for n, day in enumerate(("2026-08-17", "2026-08-26"), 1)]
    run_import(table(HEADER, *rows), MAP)
    tick_night()
    plans = {plan.customer.number: plan for plan in FollowUp.objects.filter(state="open")}
    assert plans["H1"].source != "revisit", "its day 90 was the 15th"
    assert (plans["H2"].source, f"{plans['H2'].due_on:%m-%d}") == ("revisit", "11-24")
