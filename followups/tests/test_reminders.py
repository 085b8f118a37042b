"""Reminders and notices: each once, at its minute, by its channel, and never after a cancel was confirmed."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail as outgoing
from django.db import connection
from django.urls import reverse

from core import clock, dispatcher, outbox
from core.models import OutboxMail
from crm.tasks import tick_dispatch
from customers.models import Customer
from customers.services import customer_transfer
from followups import selectors
from followups.models import Notice, Reminder
from followups.services import (
    day_notices_make,
    follow_up_create,
    notices_read_all,
    reminder_cancel,
    reminder_change,
    reminder_create,
)

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=5)


def remind(cast, customer=None, **more):
    values = {"user": cast.wang, "by": cast.wang, "due_at": clock.now() + SOON, "text": "打电话", "customer": customer}
    return reminder_create(**{**values, **more})


def at(moment):
    return time_machine.travel(moment, tick=False)


def told(user):
    return [notice.text for notice in selectors.notices(user)]


def test_in_the_app_it_is_told_at_its_minute_without_any_worker(cast, make):
    reminder = remind(cast, make())
    assert told(cast.wang) == []
    with at(reminder.due_at):
        assert told(cast.wang) == ["打电话"]
        assert selectors.notices(cast.wang).filter(read_at=None).count() == 1
        assert told(cast.li) == []
        notices_read_all(user=cast.wang)
        assert selectors.notices(cast.wang).filter(read_at=None).count() == 0
    assert not OutboxMail.objects.exists()


def test_by_mail_it_goes_once_with_its_own_id(cast, make):
    reminders = [remind(cast, make(), channel="email", text=f"第 {n}") for n in range(3)]
    with at(reminders[0].due_at):
        for _ in range(2):
            tick_dispatch()
    assert len({message.extra_headers["Message-ID"] for message in outgoing.outbox}) == 3
    assert sorted(message.subject for message in outgoing.outbox) == [f"Reminder: 第 {n}" for n in range(3)]
    assert reverse("customer", args=[reminders[0].customer_id]) in outgoing.outbox[0].body


def test_who_wants_both_gets_both(cast, make):
    cast.wang.notice_mails = {"reminder": True, "day": True}
    remind(cast, make())
    assert OutboxMail.objects.count() == 1


def test_a_cancelled_one_is_told_nowhere(cast, make):
    reminder = remind(cast, make(), channel="email")
    for _ in range(2):
        reminder_cancel(reminder=reminder, by=cast.wang)
    with at(reminder.due_at):
        assert dispatcher.dispatch() == {}
        assert told(cast.wang) == []


def test_a_changed_one_is_told_in_its_new_form_at_its_new_time(cast, make):
    reminder = remind(cast, make(), channel="email")
    later = reminder.due_at + timedelta(hours=1)
    reminder_change(reminder=reminder, changes={"due_at": later, "text": "新"}, version=1, by=cast.wang)
    with at(later - timedelta(minutes=1)):
        assert dispatcher.dispatch() == {}
    with at(later):
        assert dispatcher.dispatch() == {"sent": 1}
        assert told(cast.wang) == ["新"]
    assert [message.subject for message in outgoing.outbox] == ["Reminder: 新"]


def test_the_channel_can_change_both_ways(cast, make):
    reminder = remind(cast, make(), channel="email")
    reminder_change(reminder=reminder, changes={"channel": "in_app"}, version=1, by=cast.wang)
    assert OutboxMail.objects.get().state == "cancelled"
    reminder_change(reminder=reminder, changes={"channel": "email", "text": "新"}, version=2, by=cast.wang)
    with at(reminder.due_at):
        assert dispatcher.dispatch() == {"sent": 1}
    assert [message.subject for message in outgoing.outbox] == ["Reminder: 新"]
    plain = remind(cast, make())
    reminder_change(reminder=plain, changes={"channel": "email"}, version=1, by=cast.wang)
    assert OutboxMail.objects.get(source_id=plain.pk).state == "due"


def test_what_was_told_can_neither_be_changed_nor_called_back(cast, make):
    reminder = remind(cast, make(), channel="email")
    with at(reminder.due_at):
        dispatcher.dispatch()
        with pytest.raises(outbox.TooLateError):
            reminder_change(reminder=reminder, changes={"text": "zu spät"}, version=1, by=cast.wang)
        with pytest.raises(outbox.TooLateError):
            reminder_cancel(reminder=reminder, by=cast.wang)


def test_nobody_is_reminded_of_a_customer_they_may_no_longer_see(cast, make):
    customer = make()
    reminder = remind(cast, customer, channel="email")
    customer_transfer(customer=customer, to=cast.outsider, by=cast.admin)
    with at(reminder.due_at):
        assert dispatcher.dispatch() == {"cancelled": 1}
        assert "打电话" not in told(cast.wang)


def test_a_binned_customer_reminds_nobody(cast, make):
    customer = make()
    reminder = remind(cast, customer, channel="email")
    Customer.objects.filter(pk=customer.pk).update(deleted_at=clock.now())
    with at(reminder.due_at):
        assert dispatcher.dispatch() == {"cancelled": 1}
        assert told(cast.wang) == []


def test_after_a_transfer_the_earlier_owner_reads_nothing_of_the_customer(cast, make):
    customer = make("恒远")
    ahead = remind(cast, customer, due_at=clock.now() + timedelta(days=1))
    remind(cast, customer)
    with at(clock.now() + SOON):
        assert told(cast.wang) == ["打电话"]
        assert list(selectors.reminders_ahead(cast.wang)) == [ahead]
        customer_transfer(customer=customer, to=cast.outsider, by=cast.manager)
        (gone,) = map(selectors.notice_row, selectors.notices_with_names(cast.wang))
        assert (gone.notice.kind, gone.customer, gone.url) == ("taken", None, "")
        assert list(selectors.reminders_ahead(cast.wang)) == []


# --- the day's notice ------------------------------------------------------------------------------------------------
def plan_for(user, customer, day=None):
    follow_up_create(customer=customer, assignee=user, due_on=day or clock.user_today(user), by=user)


def test_one_notice_a_day_at_half_past_eight_of_ones_own_working_day(cast, make):
    cast.wang.time_zone = "America/New_York"
    cast.wang.save()
    plan_for(cast.wang, make(), day=datetime(2027, 3, 15, tzinfo=UTC).date())  # the Monday after the clocks changed
    with at(datetime(2027, 3, 15, 12, 29, tzinfo=UTC)):
        assert day_notices_make() == 0
    with at(datetime(2027, 3, 15, 12, 31, tzinfo=UTC)):  # 08:31 summer time
        assert day_notices_make() == 1
        assert day_notices_make() == 0
        assert Notice.objects.get().due_at.strftime("%H:%M") == "12:30"
    with at(datetime(2027, 3, 20, 13, 0, tzinfo=UTC)):  # Saturday
        assert day_notices_make() == 0


def test_the_day_goes_by_mail_too_for_who_wants_it_and_not_when_nothing_is_left(cast, make):
    cast.wang.notice_mails = {"reminder": True, "day": True}
    cast.wang.save()
    customer = make()
    plan_for(cast.wang, customer)
    assert day_notices_make() == 1
    assert dispatcher.dispatch() == {"sent": 1}
    assert outgoing.outbox[0].subject == "1 follow-up today"
    OutboxMail.objects.update(state="due", next_try_at=clock.now())
    customer.follow_ups.update(state="done")
    assert dispatcher.dispatch() == {"cancelled": 1}


# --- at the very moment ----------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["cancel", "change"])
def test_at_the_moment_of_dispatch_it_is_either_the_old_or_the_new_never_both(cast, make, act):
    """Sixty races of a dispatcher against a person."""
    customer = make()
    reminders = [remind(cast, customer, channel="email", text=f"old {n}", due_at=clock.now()) for n in range(60)]
    Notice.objects.update(due_at=clock.now() + timedelta(hours=1))  # only the mail races here
    confirmed: set[int] = set()

    def person():
        try:
            for n, reminder in enumerate(reminders):
                try:
                    if act == "cancel":
                        reminder_cancel(reminder=reminder, by=cast.wang)
                    else:
                        reminder_change(reminder=reminder, changes={"text": f"new {n}"}, version=1, by=cast.wang)
                    confirmed.add(n)
                except outbox.TooLateError:
                    pass
        finally:
            connection.close()

    def sender():
        try:
            dispatcher.dispatch()
        finally:
            connection.close()

    threads = [threading.Thread(target=person), *[threading.Thread(target=sender) for _ in range(2)]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    dispatcher.dispatch()
    subjects = sorted(message.subject.removeprefix("Reminder: ") for message in outgoing.outbox)
    gone = {f"old {n}" for n in range(60) if n not in confirmed}
    new = {f"new {n}" for n in confirmed} if act == "change" else set()
    assert subjects == sorted(gone | new)


# --- pages -----------------------------------------------------------------------------------------------------------
def test_a_reminder_is_set_from_the_customers_page_once(cast, make, sign_in):
    customer = make()
    client = sign_in(cast.wang)
    url = f"{reverse('reminder_new')}?customer={customer.pk}"
    key = client.get(url).context["form"]["idempotency_key"].value()
    data = {"day": "2026-11-25", "time": "09:30", "text": "问价", "channel": "in_app", "idempotency_key": key}
    for _ in range(2):
        assert client.post(url, data).status_code == 302
    assert Reminder.objects.get().due_at == datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
    late = client.post(url, {**data, "day": "2026-11-24", "time": "09:00", "idempotency_key": ""})
    assert late.status_code == 422
    assert "This moment has passed" in late.content.decode()
    assert "问价" in late.content.decode()


def test_the_inbox_tells_and_lets_go(cast, make, sign_in):
    remind(cast, make("恒远"), due_at=clock.now())
    client = sign_in(cast.wang)
    page = client.get(reverse("inbox")).content.decode()
    assert "打电话" in page
    assert "恒远" in page
    assert "Notices, 1 unread" in page
    notice = Notice.objects.get()
    assert client.post(reverse("notice_read", args=[notice.pk])).status_code == 302
    assert "No open notice" in client.get(reverse("inbox")).content.decode()
    assert sign_in(cast.li).post(reverse("notice_read", args=[notice.pk])).status_code == 404
