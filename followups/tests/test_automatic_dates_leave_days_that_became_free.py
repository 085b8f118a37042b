"""A day taken out of the work calendar: the next night moves automatic follow-ups off it, and says why."""

from datetime import date

import pytest

from core import company, workcalendar
from core.models import Company, WorkDay
from followups import reasons
from followups.models import FollowUp
from followups.planning import plans_make
from followups.services import follow_up_create, follow_up_reschedule

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = date(2026, 11, 30), date(2026, 12, 1)


@pytest.fixture
def planned(make):
    """An automatic follow-up of the night on Monday 30 November."""
    customer = make(tier="A", last_contact=24)  # every 30 days
    plans_make()
    made = FollowUp.objects.get(customer=customer)
    assert (made.due_on, made.source) == (MONDAY, "cadence")
    return made


def free(day: date) -> None:
    WorkDay.objects.create(date=day, working=False, name="Company holiday")
    workcalendar.forget()


def again(row: FollowUp) -> FollowUp:
    return FollowUp.objects.select_related("customer__facts").get(pk=row.pk)


def test_it_moves_to_the_next_working_day_with_its_reason(planned):
    free(MONDAY)
    assert plans_make()["moved"] == 1
    moved = again(planned)
    assert (moved.due_on, moved.version, moved.customer.facts.next_follow_up_on) == (TUESDAY, 2, TUESDAY)
    words = reasons.describe(moved.reason_code, moved.reason, last_contact_on=None, today=date(2026, 11, 24))
    assert words.endswith("; moved from Mon 30 Nov, no working day")
    assert plans_make()["moved"] == 0


def test_moved_twice_it_still_names_the_first_day(planned):
    free(MONDAY)
    plans_make()
    free(TUESDAY)
    plans_make()
    moved = again(planned)
    assert (moved.due_on, moved.reason["moved_from"]) == (date(2026, 12, 2), "2026-11-30")


def test_a_day_that_a_person_chose_stays(planned, make, cast):
    follow_up_reschedule(follow_up=planned, due_on=TUESDAY, by=cast.wang)
    by_hand = follow_up_create(customer=make(), assignee=cast.wang, due_on=TUESDAY, by=cast.wang)
    free(TUESDAY)
    plans_make()
    assert (again(planned).due_on, again(by_hand).due_on) == (TUESDAY, TUESDAY)


def test_a_working_week_of_other_days_counts_at_once(make):
    company.company()
    Company.objects.update(working_week="23456")  # Tuesday to Saturday
    company.forget()
    customer = make(tier="A", last_contact=26)
    plans_make()
    assert FollowUp.objects.get(customer=customer).due_on == date(2026, 11, 28), "a Saturday that is worked"
