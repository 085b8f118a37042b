"""What was handed over together is listed, and goes back within a day; what changed hands since stays and is named."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AuditEntry
from core import clock
from customers import services
from customers.models import Customer, CustomerShare, OwnerChange
from followups.models import FollowUp
from followups.services import follow_up_create
from responsibility.hand_overs.selectors import standing
from responsibility.hand_overs.services import UndoOverError, hand_over_undo
from responsibility.models import HandOver
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(cast):
    return [
        Customer.objects.create(number=f"K{n}", name=f"客户{n}", owner=cast.wang, team=cast.shanghai) for n in range(3)
    ]


def hand_over(customers, to, by, **more):
    services.customers_transfer(customers=customers, to=to, by=by, reason="换区域", **more)
    return HandOver.objects.latest("pk")


def owners():
    return dict(Customer.objects.values_list("name", "owner__name"))


def test_an_act_is_one_line_whatever_its_slices(three, cast, monkeypatch):
    monkeypatch.setattr("customers.services.owners.SLICE", 2)
    act = hand_over(three, cast.li, cast.lead)
    assert (act.customers, act.givers, act.takers, act.reason) == (3, [cast.wang.pk], [cast.li.pk], "换区域")
    services.customer_transfer(customer=three[0], to=cast.wang, by=cast.lead)
    assert HandOver.objects.count() == 1, "one customer alone is no hand-over of many"


def test_everything_is_as_before(three, cast):
    services.customer_share(customer=three[0], user=cast.li, by=cast.lead)
    Customer.objects.filter(pk=three[1].pk).update(service_owner=cast.li)
    planned = follow_up_create(
        customer=three[2], assignee=cast.wang, due_on=clock.business_date() + timedelta(days=3), by=cast.wang
    )
    act = hand_over(three, cast.outsider, cast.admin)
    assert not CustomerShare.objects.exists()
    assert hand_over_undo(act=act, by=cast.admin) == 3
    assert owners() == {"客户0": "小王", "客户1": "小王", "客户2": "小王"}
    assert set(Customer.objects.values_list("team__name", flat=True)) == {"Shanghai"}
    assert list(CustomerShare.objects.values_list("customer", "user")) == [(three[0].pk, cast.li.pk)]
    assert Customer.objects.get(pk=three[1].pk).service_owner == cast.li
    assert FollowUp.objects.get(pk=planned.pk).assignee == cast.wang
    assert AuditEntry.objects.filter(act="hand_over.undo", by=cast.admin).count() == 1


def test_what_changed_hands_since_stays_and_is_named(three, cast):
    act = hand_over(three, cast.li, cast.lead)
    services.customer_transfer(customer=three[1], to=cast.lead, by=cast.lead)
    services.customer_delete(customer=Customer.objects.get(pk=three[2].pk), by=cast.lead)
    found = standing(act, cast.lead)
    assert [change.customer_id for change in found.back] == [three[0].pk]
    assert [one.customer.name for one in found.stay] == ["客户1"]
    assert found.beyond == 1
    assert hand_over_undo(act=act, by=cast.lead) == 1
    assert owners() == {"客户0": "小王", "客户1": "组长"}
    act.refresh_from_db()
    assert act.stayed == [three[1].pk, three[2].pk]


def test_what_came_back_by_hand_and_went_again_stays(three, cast):
    act = hand_over(three[:1], cast.li, cast.lead)
    for person in (cast.wang, cast.li):
        services.customer_transfer(customer=Customer.objects.get(pk=three[0].pk), to=person, by=cast.lead)
    assert hand_over_undo(act=act, by=cast.lead) == 0
    assert owners()["客户0"] == "小李"


def test_nobody_who_left_gets_customers_back(three, cast):
    act = hand_over(three, cast.li, cast.lead)
    cast.wang.is_active = False
    cast.wang.save()
    assert hand_over_undo(act=act, by=cast.lead) == 0
    assert set(owners().values()) == {"小李"}


def test_after_a_day_it_stands(three, cast):
    act = hand_over(three, cast.li, cast.lead)
    with time_machine.travel(clock.now() + timedelta(hours=24, minutes=1)), pytest.raises(UndoOverError):
        hand_over_undo(act=act, by=cast.lead)


@pytest.mark.django_db(transaction=True)
def test_of_several_who_undo_at_once_one_does(three, cast):
    act = hand_over(three, cast.li, cast.lead)

    def undo(turn: int) -> bool:
        try:
            hand_over_undo(act=act, by=cast.lead)
        except UndoOverError:
            return False
        return True

    assert sum(at_once(undo, 4)) == 1
    assert OwnerChange.objects.count() == 6


# --- pages -----------------------------------------------------------------------------------------------------------
def test_the_toast_leads_back_and_the_list_tells_of_it(three, cast, sign_in):
    client = sign_in(cast.lead)
    sent = {"ids": [row.pk for row in three], "confirm": "1", "to": cast.li.pk, "reason": "休假"}
    page = client.post(reverse("customers_assign"), sent, follow=True).content.decode()
    act = HandOver.objects.get()
    assert reverse("hand_over_undo", args=[act.pk]) in page
    listed = client.get(reverse("hand_over_list")).content.decode()
    assert all(shown in listed for shown in ("3 customers", "小王", "小李", "can be taken back"))
    assert "休假" in client.get(reverse("hand_over", args=[act.pk])).content.decode()
    client.post(reverse("hand_over_undo", args=[act.pk]))
    assert set(owners().values()) == {"小王"}
    assert (
        "be taken back any more" in client.post(reverse("hand_over_undo", args=[act.pk]), follow=True).content.decode()
    )


def test_acts_of_others_are_seen_by_who_leads_them(three, cast, sign_in):
    act = hand_over(three, cast.outsider, cast.admin)
    assert sign_in(cast.lead).get(reverse("hand_over", args=[act.pk])).status_code == 404
    assert sign_in(cast.wang).get(reverse("hand_over_list")).status_code == 403
    assert sign_in(cast.admin).get(reverse("hand_over", args=[act.pk])).status_code == 200


def test_what_the_reader_may_not_assign_stays(three, cast):
    act = hand_over(three, cast.outsider, cast.lead)
    assert standing(act, cast.lead).beyond == 3
    assert hand_over_undo(act=act, by=cast.lead) == 0
    assert set(owners().values()) == {"外组"}
