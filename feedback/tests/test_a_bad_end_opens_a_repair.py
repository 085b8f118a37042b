"""A complaint that ends dissatisfied opens one follow-up for the customer's owner, with its reason in a sentence."""

import pytest
from django.urls import reverse
from django.utils import translation

from core import clock
from core.workcalendar import next_working_day
from feedback import services
from feedback.models import Complaint
from followups.models import FollowUp
from followups.selectors import why

pytestmark = pytest.mark.django_db


@pytest.fixture
def close_with(take_in, cast):
    """`close_with(csat)` takes a complaint in and closes it with that rating."""

    def close(csat: int, **values: object) -> Complaint:
        case = take_in(**values)
        end(case, csat, cast.wang)
        return case

    return close


def end(case, csat, by):
    services.complaint_advance(complaint=case, to="closed", by=by, version=case.version, result="退款", csat=csat)


def open_repairs():
    return FollowUp.objects.filter(source="complaint", state="open")


@pytest.mark.parametrize(("csat", "opened"), [(1, 1), (2, 1), (3, 0), (5, 0)])
def test_only_a_low_rating_opens_one(close_with, csat, opened):
    close_with(csat)
    assert open_repairs().count() == opened


def test_it_is_the_owners_and_says_why(close_with, cast, customer):
    case = close_with(1, owner=cast.agent)
    repair = open_repairs().get()
    assert (repair.assignee, repair.due_on) == (cast.wang, next_working_day(clock.business_date()))
    assert why(repair) == f"Dissatisfied after complaint {case.number} (1 of 5): make it good"
    with translation.override("zh-hans"):
        assert case.number in why(repair)


def test_the_same_close_opens_one_and_the_twin_with_another_close_a_second(close_with, cast):
    case = close_with(2)
    step = case.steps.get(to_state="closed")
    services.repair_open(complaint=case, step=step, by=cast.wang)
    assert FollowUp.objects.filter(source="complaint").count() == 1
    services.complaint_move(complaint=case, to="reopened", by=cast.wang, version=case.version)
    end(case, 1, cast.wang)
    assert FollowUp.objects.filter(source="complaint").count() == 2
    assert open_repairs().get().reason["csat"] == 1


def test_a_reopened_case_needs_no_repair(close_with, cast):
    case = close_with(1)
    services.complaint_move(complaint=case, to="reopened", by=cast.wang, version=case.version)
    assert not open_repairs().exists()
    end(case, 5, cast.wang)
    assert not open_repairs().exists()


def test_two_bad_ends_leave_one_open(close_with):
    close_with(1)
    close_with(2)
    assert open_repairs().count() == 1


def test_a_customer_without_owner_is_contacted_by_who_handled_it(close_with, cast, customer):
    customer.owner = None
    customer.save()
    close_with(1, owner=cast.agent)
    assert open_repairs().get().assignee == cast.agent


def test_nobody_is_contacted_against_their_wish(close_with, customer):
    customer.do_not_contact = True
    customer.save()
    close_with(1)
    assert not open_repairs().exists()


def test_the_page_of_the_complaint_and_today_show_it(close_with, sign_in, cast):
    case = close_with(1)
    rep = sign_in(cast.wang)
    assert "Repair follow-up" in rep.get(reverse("complaint", args=[case.pk])).content.decode()
    day = next_working_day(clock.business_date())
    FollowUp.objects.filter(source="complaint").update(due_on=min(day, clock.business_date()))
    assert f"Dissatisfied after complaint {case.number}" in rep.get("/").content.decode()


def test_a_good_end_shows_none(close_with, sign_in, cast):
    case = close_with(5)
    assert "Repair follow-up" not in sign_in(cast.wang).get(reverse("complaint", args=[case.pk])).content.decode()
