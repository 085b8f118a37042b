"""One row that can't be worked off keeps nobody else from being told, written to, or noted."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from core import clock
from core.models import OutboxMail
from crm.dispatching import dispatch_round
from customers.models import Customer
from followups.models import FollowUp, Message, Notice
from followups.services import (
    appointment_invite,
    appointments_follow,
    day_notices_make,
    follow_up_create,
    message_send,
    messages_settle,
    visit_notices_make,
)
from followups.services import appointments as appointments_module
from followups.services import messages as messages_module
from followups.services import notices as notices_module
from followups.services import visit_notices as visits_module

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def fails_for(monkeypatch, module, name, fits):
    """`module.name` raises where `fits(its arguments)`."""
    real = getattr(module, name)

    def work(*args, **values):
        if fits(*args, **values):
            raise RuntimeError("a bad row")
        return real(*args, **values)

    monkeypatch.setattr(module, name, work)


def test_messages_after_one_that_cant_be_noted(make, cast, monkeypatch):
    sent = []
    for name in ("bad", "good"):
        customer = make(name)
        Customer.objects.filter(pk=customer.pk).update(email=f"{name}@example.com")
        customer.refresh_from_db()
        sent.append(message_send(customer=customer, channel="email", subject="x", text="y", by=cast.wang))
    bad, good = sent
    fails_for(monkeypatch, messages_module, "interaction_log", lambda **values: values["customer"].name == "bad")
    for _ in range(2):
        with time_machine.travel(clock.now() + timedelta(seconds=11), tick=False):
            dispatch_round()
    for message in sent:
        message.refresh_from_db()
    assert (bad.state, good.state) == (Message.State.WAITING, Message.State.SENT)
    assert set(OutboxMail.objects.values_list("state", flat=True)) == {"sent"}
    monkeypatch.undo()
    assert messages_settle() == 1
    bad.refresh_from_db()
    assert bad.state == Message.State.SENT


def test_appointments_after_one_that_cant_be_brought_after(make, cast, monkeypatch):
    rows = []
    for _ in range(2):
        customer = make()
        Customer.objects.filter(pk=customer.pk).update(email="a@example.com")
        customer.refresh_from_db()
        plan = follow_up_create(
            customer=customer, assignee=cast.wang, by=cast.wang, method="visit",
            due_on=clock.business_date() + timedelta(days=2), due_time=time(10),
        )  # fmt: skip
        rows.append(appointment_invite(follow_up=plan, people=[customer], place="", by=cast.wang))
    FollowUp.objects.update(due_at=clock.now() + timedelta(days=3))
    fails_for(monkeypatch, appointments_module, "_bring_after", lambda row, _plan: row.pk == rows[0].pk)
    assert appointments_follow() == 1
    assert [type(row).objects.get(pk=row.pk).sequence for row in rows] == [0, 1]


def test_people_after_one_whose_day_cant_be_told(make, cast, monkeypatch):
    for owner in (cast.wang, cast.li):
        follow_up_create(
            customer=make(owner=owner), assignee=owner, by=owner, method="call", due_on=clock.business_date()
        )
    fails_for(monkeypatch, notices_module, "_day_notice", lambda morning: morning.user == cast.wang)
    assert day_notices_make() == 1
    assert list(Notice.objects.filter(kind="day").values_list("user", flat=True)) == [cast.li.pk]


def test_people_after_one_whose_visit_cant_be_told(make, cast, monkeypatch):
    day = clock.business_date() - timedelta(days=1)
    for owner in (cast.wang, cast.li):
        follow_up_create(customer=make(owner=owner), assignee=owner, by=owner, method="visit", due_on=day)
    fails_for(monkeypatch, visits_module, "_notice", lambda one: one.plan.assignee == cast.wang)
    with time_machine.travel(datetime(2026, 11, 24, 22, tzinfo=SHANGHAI), tick=False):
        assert visit_notices_make() == 1
    assert list(Notice.objects.filter(kind="visit").values_list("user", flat=True)) == [cast.li.pk]
