"""A secret address gives a person's follow-ups as a calendar file: theirs alone, right in every zone, revocable."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from core import clock, scrub
from core.events import publish
from followups import services
from followups.calendar import ics
from followups.models import CalendarFeed
from followups.services import follow_up_create

PLACES = ("America/New_York", "Europe/Paris", "Asia/Shanghai", "Australia/Lord_Howe")


def events_of(content: bytes) -> list:
    return list(Calendar.from_ical(content).walk("VEVENT"))


@pytest.fixture
def address(cast) -> str:
    """Of 小王's feed."""
    return reverse("calendar_feed", args=[services.calendar_feed_make(user=cast.wang)])


@pytest.mark.django_db
def test_it_holds_what_its_owner_may_see_now(make, cast, address):
    mine, gone = make("恒远机械"), make("转走的")
    follow_up_create(
        customer=mine,
        assignee=cast.wang,
        due_on=date(2026, 11, 25),
        due_time=time(15),
        method="visit",
        purpose="带样品，电话 138 1234 5678",
        by=cast.wang,
    )
    follow_up_create(customer=mine, assignee=cast.wang, due_on=date(2026, 11, 26), by=cast.wang)
    lost = follow_up_create(customer=gone, assignee=cast.wang, due_on=date(2026, 11, 26), by=cast.wang)
    answer = Client().get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "5678" not in answer.content.decode()
    assert "13812345678" not in answer.content.decode()
    visit, *_days = events_of(answer.content)
    assert str(visit["summary"]) == "Visit: 恒远机械"
    assert visit["dtstart"].dt == datetime(2026, 11, 25, 7, tzinfo=UTC)  # 15:00 in Shanghai
    assert visit["dtend"].dt == datetime(2026, 11, 25, 8, tzinfo=UTC)
    assert len(events_of(answer.content)) == 3
    services.follow_up_cancel(follow_up=lost, by=cast.wang)
    assert f"follow-up-{lost.pk}@" not in Client().get(address).content.decode()


@pytest.mark.django_db
def test_a_program_that_has_it_gets_nothing_new(make, cast, address):
    client = Client()
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"if-none-match": tag}).status_code == 304
    follow_up_create(customer=make(), assignee=cast.wang, due_on=date(2026, 11, 25), by=cast.wang)
    assert client.get(address, headers={"if-none-match": tag}).status_code == 200


@pytest.mark.django_db
def test_who_is_switched_off_or_has_ended_it_is_not_found(cast, address):
    client = Client()
    assert client.get(address).status_code == 200
    assert CalendarFeed.objects.get().last_used_at == clock.now()
    cast.wang.is_active = False
    cast.wang.save()
    assert client.get(address).status_code == 404
    cast.wang.is_active = True
    cast.wang.save()
    again = services.calendar_feed_make(user=cast.wang)  # a new address ends the old one
    assert client.get(address).status_code == 404
    assert client.get(reverse("calendar_feed", args=[again])).status_code == 200
    services.calendar_feed_end(user=cast.wang)
    assert client.get(reverse("calendar_feed", args=[again])).status_code == 404


@pytest.mark.django_db
def test_it_ends_with_the_sessions_and_tokens(cast, address):
    publish("tokens_ended", user=cast.wang)
    assert Client().get(address).status_code == 404


@pytest.mark.django_db
def test_the_address_is_shown_once_and_kept_nowhere(cast, sign_in):
    client, page = sign_in(cast.wang), reverse("calendar_feed_page")
    shown = client.post(page, follow=True).context["feed_url"]
    secret = shown.rsplit("/", 1)[1].removesuffix(".ics")
    assert len(secret) > 40
    assert client.get(page).context["feed_url"] == ""
    assert secret not in str(CalendarFeed.objects.values().get())
    assert Client().get(f"/calendar/{secret}.ics").status_code == 200
    assert secret not in scrub.scrubbed(f"Not Found: /calendar/{secret}.ics")


@pytest.mark.django_db
def test_it_is_not_fetched_too_often(cast, address):
    client = Client()
    answers = [client.get(address).status_code for _n in range(31)]
    assert (answers[29], answers[30]) == (200, 429)
    strangers = [client.get("/calendar/nobody.ics").status_code for _n in range(21)]
    assert (strangers[19], strangers[20]) == (404, 429)


@given(
    st.sampled_from(PLACES),
    st.dates(min_value=date(2026, 1, 1), max_value=date(2027, 12, 31)),
    st.times(),
    st.integers(5, 600),
)
def test_a_time_of_day_stays_the_same_time_of_day(place, day, at, minutes):
    zone, at = ZoneInfo(place), at.replace(second=0, microsecond=0, tzinfo=None)
    begins = clock.at_local(day, at, zone)
    entry = ics.Entry("x@y", datetime(2026, 1, 1, tzinfo=UTC), begins, "客户", timedelta(minutes=minutes))
    (event,) = events_of(ics.feed("跟进", [entry]))
    starts, ends = event["dtstart"].dt, event["dtend"].dt
    assert starts == begins.replace(microsecond=0)
    assert ends - starts == timedelta(minutes=minutes)
    local = starts.astimezone(zone)
    skipped = datetime.combine(day, at, tzinfo=zone).astimezone(UTC).astimezone(zone).time() != at
    assert skipped or (local.date(), local.time()) == (day, at)
    assert ics.feed("跟进", [entry]) == ics.feed("跟进", [entry])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("打 13812345678", "打 …"),
        ("打 138-1234-5678 谈", "打 … 谈"),
        ("2026-11-25 到期", "2026-11-25 到期"),
        ("第 30 天", "第 30 天"),
    ],
)
def test_numbers_that_may_be_phones_stay_here(text, left):
    assert ics.without_numbers(text) == left
