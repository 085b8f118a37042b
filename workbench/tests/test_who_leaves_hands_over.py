"""Switching a person off asks for the hand-over of what they hold, in the same step; nothing stays behind unasked."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, RoleGrant, User
from accounts.services import user_leave
from core import clock
from customers.models import Customer, CustomerShare, OwnerChange
from feedback.services import complaint_create
from followups.models import FollowUp, Notice, Reminder
from followups.services import follow_up_create, reminder_create

pytestmark = pytest.mark.django_db


@pytest.fixture
def wangs(cast):
    """Three customers of 小王 with a follow-up, a reminder and a complaint, and a follow-up for a customer of 小李."""
    made = [
        Customer.objects.create(
            number=f"K900000{n}", kind="company", name=f"客户{n}", owner=cast.wang, team=cast.shanghai
        )
        for n in range(3)
    ]
    foreign = Customer.objects.create(number="K9000009", kind="company", name="李的", owner=cast.li, team=cast.shanghai)
    for one in (made[0], foreign):
        follow_up_create(customer=one, due_on=clock.business_date(), assignee=cast.wang, by=cast.wang, method="call")
    reminder_create(
        user=cast.wang, due_at=timezone.now() + timedelta(days=2), text="样品", by=cast.wang, customer=made[0]
    )
    complaint_create(customer=made[1], by=cast.wang, text="漏水", category="quality", owner=cast.wang)
    return made, foreign


def off(sign_in, cast, **data):
    return sign_in(cast.admin).post(reverse("user_off", args=[cast.wang.pk]), data)


def is_off(person):
    return not User.objects.get(pk=person.pk).is_active


def test_it_asks_first_and_shows_how_much_it_is_and_who_carries_what(sign_in, cast, wangs):
    page = sign_in(cast.admin).get(reverse("user_off", args=[cast.wang.pk]))
    assert {one.holding.name: one.left for one in page.context["held"]} == {
        "customers": 3,
        "follow_ups": 2,
        "complaints": 1,
    }
    labels = dict(page.context["form"].fields["to"].choices)
    assert labels[cast.li.pk] == "小李 · Shanghai · customers: 1"
    assert off(sign_in, cast).status_code == 422
    assert not is_off(cast.wang)


def test_one_colleague_gets_everything(sign_in, cast, wangs):
    made, foreign = wangs
    assert off(sign_in, cast, way="one", to=cast.lead.pk).status_code == 302
    assert is_off(cast.wang)
    assert {row.owner for row in Customer.objects.filter(pk__in=[one.pk for one in made])} == {cast.lead}
    assert FollowUp.objects.get(customer=made[0], state="open").assignee == cast.lead
    assert FollowUp.objects.get(customer=foreign, state="open").assignee == cast.li, "the owner does it"
    assert Reminder.objects.get(state="open").user == cast.lead
    assert made[1].complaints.get().owner == cast.lead
    line = AuditEntry.objects.get(act="user.hand_over")
    assert line.details == {"heirs": [cast.lead.pk], "customers": 3, "follow_ups": 2, "complaints": 1}


def test_a_team_shares_in_turn(sign_in, cast, wangs):
    assert off(sign_in, cast, way="team", team=cast.shanghai.pk).status_code == 302
    owners = {one.owner for one in Customer.objects.filter(name__startswith="客户")}
    assert owners == {cast.li}, "the lead takes no new customers, the leaver none at all"
    assert off(sign_in, cast, way="team", team=cast.east.pk).status_code == 302, "nothing is held any more"


def test_the_pool_takes_customers_and_a_complaint_gets_somebody(sign_in, cast, wangs):
    made, _foreign = wangs
    assert off(sign_in, cast, way="pool").status_code == 302
    assert not Customer.objects.filter(owner=cast.wang).exists()
    assert Customer.objects.filter(owner=None).count() == 3
    assert not FollowUp.objects.filter(customer=made[0], state="open").exists()
    assert made[1].complaints.get().owner == cast.admin


def test_later_is_a_choice_and_then_they_are_listed(sign_in, cast, wangs):
    assert off(sign_in, cast, way="later").status_code == 302
    assert is_off(cast.wang)
    page = sign_in(cast.manager)
    rows = page.get(reverse("customer_list"), {"view": "all", "orphan": "yes"})
    text = rows.content.decode()
    assert all(name in text for name in ("客户0", "客户1", "客户2"))
    assert "李的" not in text
    assert "小王 left: 3 customers wait" in page.get(reverse("inbox")).content.decode()
    assert "小王 left" not in sign_in(cast.li).get(reverse("inbox")).content.decode()
    admin, url = sign_in(cast.admin), reverse("user_off", args=[cast.wang.pk])
    assert url in admin.get(reverse("user_edit", args=[cast.wang.pk])).content.decode(), "later is a click away"
    assert "later" not in dict(admin.get(url).context["form"].fields["way"].choices)
    assert admin.post(url, {"way": "one", "to": cast.li.pk}).status_code == 302
    assert not Customer.objects.filter(owner=cast.wang).exists()
    assert AuditEntry.objects.filter(act="user.deactivate").count() == 1


def test_what_is_out_of_reach_stops_the_whole(sign_in, cast, wangs):
    RoleGrant.objects.filter(role=cast.admin.role, permission="customer.assign").update(scope="own")
    answer = off(sign_in, cast, way="one", to=cast.li.pk)
    assert answer.status_code == 422
    assert not is_off(cast.wang)
    assert Customer.objects.filter(owner=cast.wang).count() == 3
    assert not FollowUp.objects.filter(assignee=cast.lead).exists()


def test_who_holds_nothing_is_just_switched_off(sign_in, cast):
    assert off(sign_in, cast).status_code == 302
    assert is_off(cast.wang)


def test_who_could_only_read_is_neither_offered_nor_accepted(sign_in, cast, wangs):
    made, _foreign = wangs
    page = sign_in(cast.admin).get(reverse("user_off", args=[cast.wang.pk]))
    offered = dict(page.context["form"].fields["to"].choices)
    assert cast.li.pk in offered
    assert cast.auditor.pk not in offered
    assert off(sign_in, cast, way="one", to=cast.auditor.pk).status_code == 422
    with pytest.raises(ValidationError, match="can't work on"):
        user_leave(user=cast.wang, heirs=[cast.auditor], by=cast.admin)
    assert not is_off(cast.wang)
    transfer = sign_in(cast.admin).get(reverse("customer_transfer", args=[made[0].pk])).context["form"]
    assert cast.auditor not in transfer.fields["to"].queryset
    assert cast.li in transfer.fields["to"].queryset


@pytest.mark.parametrize("heirs", [("outsider", "manager"), ()])
def test_many_customers_cost_as_many_statements_as_few(cast, heirs):
    """5,000 customers go within the time of one request, and each heir is told once."""
    costs = []
    for person, count in ((cast.wang, 4), (cast.li, 12)):
        for n in range(count):
            made = Customer.objects.create(
                number=f"K80{person.pk}{n:02}", kind="company", name="客户", owner=person, team=person.team
            )
            CustomerShare.objects.create(customer=made, user=cast.lead)
            follow_up_create(customer=made, due_on=clock.business_date(), assignee=person, by=person, method="call")
        with CaptureQueriesContext(connection) as told:
            user_leave(user=person, heirs=[getattr(cast, name) for name in heirs], by=cast.admin)
        costs.append(len(told))
        gone = OwnerChange.objects.filter(from_user=person).values("customer")
        assert gone.count() == count
        for act in ("customer.assign", "customer.unshare"):
            assert AuditEntry.objects.filter(act=act, object_id__in=gone).count() == count
        assert not FollowUp.objects.filter(assignee=person, state="open").exists()
        assert not CustomerShare.objects.filter(customer__in=gone).exists()
    assert costs[1] <= costs[0], "the statements grow with the customers"
    for name in heirs:
        told = Notice.objects.filter(user=getattr(cast, name), kind=Notice.Kind.ASSIGNED)
        assert sorted(notice.numbers["customers"] for notice in told) == [2, 6]
