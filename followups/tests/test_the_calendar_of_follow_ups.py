"""The calendar shows what a person has planned, by day, and says so when a day holds too much or two things clash."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from followups import services
from followups.models import CalendarSetting, FollowUp
from followups.services import follow_up_create

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)  # a Tuesday
CALENDAR = "/follow-ups/calendar/"


@pytest.fixture
def plan(make, cast):
    """`plan("名", days=1, at=time(10), minutes=60)`: an open follow-up of 小王's in so many days."""

    def planned(name: str = "客户", days: int = 0, at: time | None = None, **more) -> FollowUp:
        person = more.pop("assignee", cast.wang)
        customer = more.pop("customer", None) or make(name, owner=person)
        more.setdefault("by", person)
        return follow_up_create(
            customer=customer, assignee=person, due_on=TODAY + timedelta(days=days), due_time=at, **more
        )

    return planned


def test_each_view_shows_the_plan_on_its_day(plan, cast, sign_in):
    plan("恒远机械", days=1, at=time(15))
    client = sign_in(cast.wang)
    for view in ("", "?view=month", "?view=agenda"):
        page = client.get(CALENDAR + view)
        assert page.status_code == 200
        (day,) = [shown.day for shown in page.context["days"] if shown.day.count]
        assert (day.date, day.count, day.hidden) == (date(2026, 11, 25), 1, 0)
        assert "恒远机械" in page.content.decode()
    assert "15:00–15:15" in client.get(CALENDAR).content.decode()  # a call takes a quarter of an hour


def test_the_figure_of_a_day_is_that_of_the_list_behind_it(plan, cast, sign_in):
    for n in range(13):
        plan(f"客户{n}", days=1)
    client = sign_in(cast.wang)
    page = client.get(CALENDAR)
    (day,) = [shown.day for shown in page.context["days"] if shown.day.count]
    assert (day.count, len(day.entries), day.hidden) == (13, 10, 3)
    assert "3 more" in page.content.decode()
    listed = client.get(day.list_url)
    assert listed.content.decode().count("data-row") == 13


def test_a_day_that_holds_too_much_says_so_in_words(plan, cast, sign_in):
    CalendarSetting.objects.create(pk=1, per_day=2)
    for n in range(3):
        plan(f"客户{n}", days=1)
    page = sign_in(cast.wang).get(CALENDAR).content.decode()
    assert "Wed 25 Nov, 1 too many." in page
    assert "1 too many" in page


def test_two_at_the_same_time_name_each_other(plan, cast, sign_in):
    plan("早的", days=1, at=time(10), method="visit")
    plan("晚的", days=1, at=time(10, 59))
    plan("之后", days=1, at=time(11, 30))
    page = sign_in(cast.wang).get(CALENDAR).content.decode()
    assert "Overlaps with 早的" in page
    assert "Overlaps with 晚的" in page
    assert "Overlaps with 之后" not in page


def test_free_time_and_hours_out_of_work_are_told(plan, cast, sign_in):
    plan("早会", days=1, at=time(8), method="visit")
    plan("午后", days=1, at=time(14), method="visit", minutes=120)
    page = sign_in(cast.wang).get(CALENDAR)
    assert "Outside working hours" in page.content.decode()
    (day,) = [shown.day for shown in page.context["days"] if shown.day.count]
    assert day.free == [(time(9), time(14)), (time(16), time(18))]


def test_holidays_and_days_off_are_marked(cast, sign_in):
    page = sign_in(cast.wang).get(f"{CALENDAR}?day=2026-10-02")
    kinds = {shown.day.date: shown.kind for shown in page.context["days"]}
    assert kinds[date(2026, 10, 1)] == "National Day"
    assert kinds[date(2026, 9, 27)] in ("day off", "Mid-autumn Festival")
    assert kinds[date(2026, 9, 28)] == ""


@pytest.mark.parametrize(
    ("language", "setting", "first"),
    [
        ("en", "", date(2026, 11, 22)),
        ("zh-hans", "", date(2026, 11, 23)),
        ("en", "monday", date(2026, 11, 23)),
        ("zh-hans", "sunday", date(2026, 11, 22)),
        ("zh-hans", "today", TODAY),
    ],
)
def test_a_week_begins_as_the_company_or_the_language_has_it(cast, sign_in, language, setting, first):
    CalendarSetting.objects.create(pk=1, week_start=setting)
    cast.wang.language = language
    cast.wang.save()
    page = sign_in(cast.wang).get(CALENDAR, headers={"accept-language": language})
    assert page.context["board"].span.first == first
    month = sign_in(cast.wang).get(f"{CALENDAR}?view=month", headers={"accept-language": language})
    assert month.context["board"].span.first.weekday() in (0, 6)


def test_one_sees_the_calendars_of_people_in_reach(plan, cast, sign_in):
    plan("小王的客户", days=1)
    theirs = f"{CALENDAR}?person={cast.wang.pk}"
    assert "小王的客户" in sign_in(cast.lead).get(theirs).content.decode()
    assert "小王的客户" not in sign_in(cast.lead).get(CALENDAR).content.decode()
    for stranger in (cast.li, cast.outsider):
        page = sign_in(stranger).get(theirs)
        assert page.context["board"].person == stranger  # what is out of reach isn't said to exist
        assert "小王的客户" not in page.content.decode()


def test_a_calendar_costs_the_same_with_much_on_it(plan, cast, sign_in):
    client = sign_in(cast.lead)
    address = f"{CALENDAR}?person={cast.wang.pk}"

    def cost() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    plan("一个", days=1)
    few = cost()
    for n in range(40):
        plan(f"客户{n}", days=n % 5, at=time(9 + n % 8))
    assert cost() == few


@pytest.fixture
def done(plan, cast, log_contact):
    """`done("名", days=-1, at=10)`: a follow-up whose entry says that it was done so many days ago at that hour."""

    def finished(name: str, days: int = -1, at: int = 10, **more) -> FollowUp:
        planned = plan(name, days=0, **more)
        occurred = datetime.combine(TODAY + timedelta(days=days), time(at), clock.user_zone(cast.wang))
        log_contact(planned.customer, occurred_at=occurred)
        planned.refresh_from_db()
        assert planned.state == "done"
        return planned

    return finished


@pytest.mark.parametrize("view", ["week", "month", "agenda"])
def test_what_was_done_stands_on_the_day_of_its_entry_and_opens_it(done, cast, sign_in, view):
    finished = done("恒远机械", days=-1, at=16)
    address = f"{CALENDAR}?view={view}" + ("&day=2026-11-23" if view == "agenda" else "")
    client = sign_in(cast.wang)
    page = client.get(address)
    (day,) = [shown.day for shown in page.context["days"] if shown.day.done_count]
    assert (day.date, day.done_count, day.count) == (date(2026, 11, 23), 1, 0)
    assert (day.done[0].at, day.done[0].method) == (time(16), "call")
    entry = f"{reverse('customer', args=[finished.customer_id])}#entry-{finished.closed_by_interaction_id}"
    assert f'href="{entry}"' in page.content.decode()
    assert "done=0" in page.context["other_done"]
    hidden = client.get(page.context["other_done"])
    assert entry not in hidden.content.decode()
    assert "Show what is done" in hidden.content.decode()
    assert entry in client.get(hidden.context["other_done"]).content.decode()


def test_what_was_ticked_off_without_an_entry_stands_there_too(plan, cast, sign_in):
    planned = plan("恒远机械")
    services.follow_up_complete(follow_up=planned, by=cast.wang)
    (day,) = [shown.day for shown in sign_in(cast.wang).get(CALENDAR).context["days"] if shown.day.done_count]
    assert (day.date, day.done[0].url) == (TODAY, reverse("customer", args=[planned.customer_id]))


def test_what_was_left_out_or_called_off_or_closed_by_the_plan_was_not_done(plan, cast, sign_in):
    services.follow_up_skip(follow_up=plan("略过"), by=cast.wang)
    services.follow_up_cancel(follow_up=plan("取消"), by=cast.wang)
    services.follow_ups.hand_to_message(plan("群发"), "done")
    assert not [shown for shown in sign_in(cast.wang).get(CALENDAR).context["days"] if shown.day.done_count]


def test_of_a_day_with_much_done_the_first_stand_there_and_the_rest_is_counted(done, cast, sign_in):
    for n in range(5):
        done(f"客户{n}", days=-1, at=9 + n)
    page = sign_in(cast.wang).get(f"{CALENDAR}?view=month")
    (day,) = [shown.day for shown in page.context["days"] if shown.day.done_count]
    assert (day.done_count, len(day.done), day.done_hidden) == (5, 3, 2)
    assert [one.at.hour for one in day.done] == [9, 10, 11]
    assert "2 more done" in page.content.decode()


def test_what_others_did_is_shown_to_whom_it_is_in_reach(done, cast, sign_in):
    done("小王的客户")
    theirs = f"{CALENDAR}?person={cast.wang.pk}"
    assert "小王的客户" in sign_in(cast.lead).get(theirs).content.decode()
    assert "小王的客户" not in sign_in(cast.li).get(theirs).content.decode()


@pytest.mark.parametrize("view", ["week", "month"])
def test_what_was_done_costs_the_same_however_much(done, cast, sign_in, view):
    client = sign_in(cast.wang)
    address = f"{CALENDAR}?view={view}"

    def cost() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    done("一个")
    few = cost()
    for n in range(12):
        done(f"客户{n}", days=-1 - n % 2, at=9 + n % 8)
    assert cost() == few


def test_a_day_that_is_just_full_says_so_and_the_menu_too(plan, cast, sign_in):
    CalendarSetting.objects.create(pk=1, per_day=2)
    for n in range(2):
        plan(f"客户{n}", days=1)
    page = sign_in(cast.wang).get(CALENDAR).content.decode()
    assert ">Full</span>" in page
    assert "full, 2 of 2" in page
    assert "too many" not in page


def test_the_warning_of_full_days_ends_in_each_languages_own_stop(plan, cast, sign_in):
    CalendarSetting.objects.create(pk=1, per_day=1)
    for n in range(2):
        plan(f"客户{n}", days=1)
    cast.wang.language = "zh-hans"
    cast.wang.save()
    page = sign_in(cast.wang).get(CALENDAR, headers={"accept-language": "zh-hans"}).content.decode()
    assert "超 1 项。" in " ".join(page.split()).replace(" 。", "。")
    assert "超 1 项." not in page


def test_a_move_over_somebody_elses_move_shows_both(plan, cast, sign_in):
    planned = plan("恒远机械", days=1)
    seen = planned.version
    services.follow_up_reschedule(follow_up=planned, due_on=TODAY + timedelta(days=6), by=cast.lead)
    client, address = sign_in(cast.wang), reverse("follow_up_move", args=[planned.pk])
    answer = client.post(address, {"on": "2026-11-27", "version": seen, "next": CALENDAR})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Mon 30 Nov" in page
    assert "Fri 27 Nov" in page
    assert "组长" in page
    planned.refresh_from_db()
    assert planned.due_on == date(2026, 11, 30)
    client.post(address, {"on": "2026-11-27", "version": planned.version, "next": CALENDAR})
    planned.refresh_from_db()
    assert planned.due_on == date(2026, 11, 27)


def test_a_move_is_taken_back(plan, cast, sign_in):
    planned = plan("恒远机械", days=1, at=time(15))
    client = sign_in(cast.wang)
    moved = client.post(
        reverse("follow_up_move", args=[planned.pk]),
        {"on": "2026-11-27", "version": planned.version, "next": CALENDAR},
        follow=True,
    )
    planned.refresh_from_db()
    assert (planned.due_on, planned.due_time) == (date(2026, 11, 27), time(15))
    undo = next(iter(moved.context["messages"])).extra_tags.split("undo:")[1].split()[0]
    client.post(undo)
    planned.refresh_from_db()
    assert (planned.due_on, planned.due_at) == (
        date(2026, 11, 25),
        clock.at_local(date(2026, 11, 25), time(15), clock.user_zone(cast.wang)),
    )


def test_a_clash_is_asked_about_and_never_refused(plan, cast, sign_in, make):
    plan("已有安排", days=1, at=time(10), method="visit")
    customer, client = make("新约的"), sign_in(cast.wang)
    form = {"due_on": "2026-11-25", "due_time": "10:30", "method": "call", "assignee": cast.wang.pk}
    address = f"{reverse('follow_up_new')}?customer={customer.pk}"
    asked = client.post(address, form)
    assert asked.status_code == 422
    assert "已有安排" in asked.content.decode()
    assert not FollowUp.objects.filter(customer=customer).exists()
    client.post(address, {**form, "all_the_same": "1"})
    made = FollowUp.objects.get(customer=customer)
    assert made.due_time == time(10, 30)

    # moving it by its form within the clash asks again; what stays where it is doesn't
    edit = reverse("follow_up_edit", args=[made.pk])
    same = {**form, "version": made.version, "purpose": "别的事"}
    assert client.post(edit, same).status_code == 302
    made.refresh_from_db()
    assert client.post(edit, {**same, "due_time": "10:15", "version": made.version}).status_code == 422
    made.refresh_from_db()
    assert made.due_time == time(10, 30)


def test_the_length_is_as_usual_unless_said(plan, cast, sign_in, make):
    customer, client = make("客户"), sign_in(cast.wang)
    form = {"due_on": "2026-11-25", "due_time": "10:00", "method": "visit", "assignee": cast.wang.pk, "minutes": ""}
    client.post(f"{reverse('follow_up_new')}?customer={customer.pk}", form)
    made = FollowUp.objects.get(customer=customer)
    assert made.minutes is None
    assert "10:00–11:00" in client.get(CALENDAR).content.decode()
    client.post(reverse("follow_up_edit", args=[made.pk]), {**form, "minutes": "120", "version": made.version})
    assert "10:00–12:00" in client.get(CALENDAR).content.decode()


def test_who_may_change_plans_says_what_a_day_holds(cast, sign_in):
    address = reverse("calendar_settings")
    assert sign_in(cast.wang).get(address).status_code == 403
    client = sign_in(cast.manager)
    assert client.get(address).status_code == 200
    version = CalendarSetting.objects.get().version
    client.post(address, {"per_day": "4", "week_start": "monday", "version": version})
    assert CalendarSetting.objects.values_list("per_day", "week_start").get() == (4, "monday")
    assert client.post(address, {"per_day": "0", "version": version}).status_code == 422


def test_what_is_too_much_is_spread_after_a_look_at_it(plan, cast, sign_in):
    CalendarSetting.objects.create(pk=1, per_day=2)
    rows = [plan(f"客户{n}", days=1) for n in range(5)]
    client = sign_in(cast.wang)
    day = client.get(CALENDAR).context["board"].over[0]
    asked = client.post(reverse("follow_ups_move"), {"all": "1", "view": f"?{day.list_query}", "next": CALENDAR})
    assert asked.context["count"] == 5
    sent = {"rows": asked.context["form"].initial["rows"], "to": "spread", "next": CALENDAR}
    client.post(reverse("follow_ups_move"), sent)
    days = FollowUp.objects.filter(pk__in=[row.pk for row in rows]).values_list("due_on", flat=True)
    assert {day: list(days).count(day) for day in days} == {
        TODAY: 2,
        TODAY + timedelta(days=1): 2,
        TODAY + timedelta(days=2): 1,
    }
