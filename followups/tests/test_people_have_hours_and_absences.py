"""A person's own hours and absences: who sets them, and what calendar, Today, forms and escalation make of it."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEntry
from followups import services
from followups.calendar.board import board_of
from followups.calendar.span import View, span_of
from followups.escalation.days import overdue_since, working_days_between
from followups.hours.days import person_days
from followups.models import Absence, Escalation, FollowUp, Notice, WorkingHours
from followups.services.escalation import escalate
from followups.services.notices import day_notices_make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)  # a Tuesday
WEDNESDAY, FRIDAY, MONDAY = date(2026, 11, 25), date(2026, 11, 27), date(2026, 11, 30)


def away(cast, first=WEDNESDAY, last=FRIDAY) -> Absence:
    return services.absence_add(person=cast.wang, first_on=first, last_on=last, by=cast.wang, note="Sanya")


def plan(customer, day, by, at=None) -> FollowUp:
    return services.follow_up_create(customer=customer, assignee=by, due_on=day, due_time=at, by=by)


def hours_url(person) -> str:
    return reverse("working_hours", args=[person.pk])


# --- who may set them -------------------------------------------------------------------------------------------------
def test_a_person_sets_their_own_week(cast, sign_in):
    week = {f"way_{day}": "company" for day in range(1, 8)}
    week |= {"way_5": "off", "way_1": "own", "from_1": "10:00", "until_1": "16:00"}
    assert sign_in(cast.wang).post(hours_url(cast.wang), week).status_code == 302
    assert person_days(cast.wang.pk).week == {1: (time(10), time(16)), 5: None}
    assert AuditEntry.objects.get(act="working_hours.change").details["week"] == ["", "1 10:00–16:00, 5 –"]


def test_who_plans_for_them_sets_it_and_nobody_else(cast, sign_in):
    assert sign_in(cast.lead).get(hours_url(cast.wang)).status_code == 200
    assert sign_in(cast.admin).get(hours_url(cast.wang)).status_code == 200
    assert sign_in(cast.li).get(hours_url(cast.wang)).status_code in (403, 404)
    assert sign_in(cast.outsider).get(hours_url(cast.wang)).status_code in (403, 404)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"way_1": "own", "from_1": "10:00"}, "Enter a time, or choose"),
        ({"way_1": "own", "from_1": "10:00", "until_1": "09:00"}, "The end lies before the beginning"),
        ({f"way_{day}": "off" for day in range(1, 8)}, "Leave at least one day of the week"),
    ],
)
def test_a_week_that_makes_no_sense_is_told(cast, sign_in, change, words):
    week = {f"way_{day}": "company" for day in range(1, 8)} | change
    answer = sign_in(cast.wang).post(hours_url(cast.wang), week)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not WorkingHours.objects.exists()


def test_an_absence_is_entered_changed_and_taken_out(cast, sign_in):
    client, new = sign_in(cast.wang), reverse("absence_new", args=[cast.wang.pk])
    client.post(new, {"first_on": "2026-12-07", "last_on": "2026-12-11", "note": "Sanya"})
    absence = Absence.objects.get()
    assert "Sanya" in client.get(hours_url(cast.wang)).content.decode()
    twice = client.post(new, {"first_on": "2026-12-11", "last_on": "2026-12-12"})
    assert "an absence is entered already" in twice.content.decode()
    backwards = client.post(new, {"first_on": "2026-12-20", "last_on": "2026-12-18"})
    assert "The last day lies before the first" in backwards.content.decode()
    services.absence_change(absence=absence, changes={"last_on": date(2026, 12, 9)}, version=1, by=cast.wang)
    assert person_days(cast.wang.pk).away_on(date(2026, 12, 10)) is None
    client.post(reverse("absence_remove", args=[absence.pk]))
    assert not Absence.objects.exists()
    assert AuditEntry.objects.filter(act__startswith="absence.").count() == 3


def test_a_colleague_neither_reads_nor_takes_out_an_absence(cast, sign_in):
    absence = away(cast)
    assert sign_in(cast.li).get(reverse("absence_edit", args=[absence.pk])).status_code in (403, 404)
    assert sign_in(cast.li).post(reverse("absence_remove", args=[absence.pk])).status_code in (403, 404)
    assert Absence.objects.exists()


def test_a_year_is_the_longest(cast):
    with pytest.raises(ValidationError, match="longer than a year"):
        away(cast, TODAY, TODAY + timedelta(days=400))


# --- what follows -----------------------------------------------------------------------------------------------------
def board(cast, reader=None):
    return board_of(reader or cast.wang, cast.wang, span_of(View.WEEK, TODAY, 0))


def test_an_absent_day_holds_nothing_and_says_so(cast, make, sign_in):
    away(cast)
    plan(make("留下的"), WEDNESDAY, cast.wang)
    days = {day.date: day for day in board(cast).days}
    assert (days[WEDNESDAY].capacity, days[WEDNESDAY].over, days[TODAY].capacity) == (0, 1, 10)
    assert [target.capacity for target in board(cast).targets][:4] == [10, 0, 0, 0]
    html = sign_in(cast.wang).get(reverse("follow_up_calendar")).content.decode()
    assert "Away until Fri 27 Nov" in html
    assert "Planned by hand for a day off" in html
    assert "1 follow-up stands on a day off" in html


def test_the_note_of_an_absence_stays_among_those_who_plan_for_them(cast, sign_in):
    away(cast)
    url = f"{reverse('follow_up_calendar')}?person={cast.wang.pk}"
    assert "Sanya" in sign_in(cast.lead).get(url).content.decode()
    assert "Sanya" not in sign_in(cast.auditor).get(url).content.decode()


def test_own_hours_decide_what_lies_outside_them_and_what_is_free(cast, make):
    services.working_hours_set(person=cast.wang, week={3: (time(13), time(17))}, by=cast.wang)
    plan(make("一"), WEDNESDAY, cast.wang, time(10))
    plan(make("二"), WEDNESDAY, cast.wang, time(14))
    day = next(day for day in board(cast).days if day.date == WEDNESDAY)
    assert [entry.outside_hours for entry in day.entries] == [True, False]
    assert day.hours == (time(13), time(17))
    assert day.free[-1][1] == time(17)


def test_the_form_says_that_they_are_away_and_plans_it_all_the_same(cast, make, sign_in):
    away(cast)
    client, url = sign_in(cast.wang), f"{reverse('follow_up_new')}?customer={make().pk}"
    form = {"due_on": "2026-11-26", "method": "call", "assignee": cast.wang.pk}
    asked = client.post(url, form)
    assert "You&#x27;re away on Thu 26 Nov, until Fri 27 Nov." in asked.content.decode()
    assert not FollowUp.objects.exists()
    assert client.post(url, {**form, "all_the_same": "1"}).status_code == 302
    assert FollowUp.objects.get().due_on == date(2026, 11, 26)


def test_today_warns_of_what_people_planned_for_days_off(cast, make, sign_in):
    client = sign_in(cast.wang)
    plan(make(), WEDNESDAY, cast.wang)
    assert "Planned for your days off" not in client.get("/").content.decode()
    away(cast)
    assert "Planned for your days off" in client.get("/").content.decode()


def test_a_tap_on_tomorrow_takes_the_next_day_they_work(cast, make, sign_in):
    away(cast)
    row = plan(make(), TODAY, cast.wang)
    sign_in(cast.wang).post(reverse("follow_up_move", args=[row.pk]), {"days": "1", "next": "/"})
    row.refresh_from_db()
    assert row.due_on == MONDAY


def test_spreading_leaves_days_off_out(cast, make):
    away(cast)
    rows = [plan(make(f"客户{n}"), TODAY - timedelta(days=1), cast.wang) for n in range(12)]
    services.follow_ups_reschedule(versions={row.pk: row.version for row in rows}, to=None, by=cast.wang)
    assert set(FollowUp.objects.values_list("due_on", flat=True)) == {TODAY, MONDAY}


def test_what_lies_too_long_is_counted_in_days_they_work(cast, make):
    plan(make("小李的", owner=cast.li), FRIDAY, cast.li)
    plan(make("小王的"), FRIDAY, cast.wang)
    away(cast, MONDAY, date(2026, 12, 4))
    assert overdue_since(date(2026, 12, 4), 3) == date(2026, 12, 1)
    assert working_days_between(FRIDAY, date(2026, 12, 4), person_days(cast.wang.pk)) == 0
    with time_machine.travel(datetime.fromisoformat("2026-12-05T02:00+08:00"), tick=False):
        escalate(date(2026, 12, 4))
    assert set(Escalation.objects.values_list("assignee", flat=True)) == {cast.li.pk}
    with time_machine.travel(datetime.fromisoformat("2026-12-11T02:00+08:00"), tick=False):
        escalate(date(2026, 12, 10))
    assert cast.wang.pk in set(Escalation.objects.values_list("assignee", flat=True))


def test_no_notice_of_the_day_while_they_are_away(cast, make):
    plan(make(), TODAY, cast.wang)
    plan(make("李", owner=cast.li), TODAY, cast.li)
    away(cast, TODAY, TODAY)
    day_notices_make()
    assert set(Notice.objects.filter(key__startswith="day:").values_list("user", flat=True)) == {cast.li.pk}
