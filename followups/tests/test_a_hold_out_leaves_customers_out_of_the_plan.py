"""A hold-out leaves a share of a tier out of what the cadence table plans, drawn by a hash on its first day; what
people do and promised stays, whoever is taken in by hand keeps their side, and its end brings everybody back."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.urls import reverse

from accounts.models import AuditEntry
from conftest import Cast, signed_in
from core import clock
from core.sql import next_id
from customers.models import Customer, CustomerFacts
from customers.services import UndoTooLateError
from followups.models import FollowUp, Rhythm
from followups.planning import plans_made, plans_make
from followups.reckoning import reckon
from followups.services import follow_up_create
from segmentation.control import services
from segmentation.control.drawing import is_held
from segmentation.control.models import HoldOut, HoldOutMember
from segmentation.models import ScoreRun, Tier
from tests.races import beside
from workbench.today.queue import without_plan

TODAY = date(2026, 11, 24)
pytestmark = pytest.mark.django_db


def night() -> dict[str, Any]:
    """The morning after: who is drawn, then the plans."""
    begun = [*services.hold_outs_begin(clock.last_ended_day())][-1]
    return begun | [*plans_made()][-1]


def planned_for() -> set[int]:
    return set(FollowUp.objects.filter(state="open").values_list("customer", flat=True))


def left_out() -> set[int]:
    return set(CustomerFacts.objects.filter(left_out=True).values_list("pk", flat=True))


@pytest.fixture
def tier(cast: Cast, make: Any) -> list[Customer]:
    """Forty customers of tier A, each planned for; the rest of the company is in B."""
    ScoreRun.objects.create(as_of=TODAY - timedelta(days=1), started_at=clock.now(), published_at=clock.now())
    rows = [make(f"客户 {n}", tier="A", last_contact=3) for n in range(40)]
    make("另一级", tier="B", tier_rank=3, last_contact=3)
    plans_make()
    return rows


def _draw_about_a_quarter(tier: list[Customer]) -> None:
    """Give the coming hold-out an id by which chance draws about a quarter of these few, whatever ids they have."""
    first = next_id(HoldOut)
    usual = (pk for pk in count(first) if 8 <= sum(is_held(pk, row.pk, 25) for row in tier) <= 12)
    with connection.cursor() as cursor:
        table = HoldOut._meta.db_table
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, false)", [table, next(usual)])


@pytest.fixture
def running(cast: Cast, tier: list[Customer], travel: Any) -> HoldOut:
    """A quarter of them is left out from Wednesday on; it is Wednesday morning."""
    _draw_about_a_quarter(tier)
    row = services.hold_out_add(scheme="b2c", tier="A", share=25, starts_on=TODAY + timedelta(days=1), by=cast.admin)
    assert night()["begun"] == 0
    travel.move_to(clock.now() + timedelta(days=1))
    counts = night()
    assert (counts["begun"], counts["left_out"]) == (1, len(left_out()))
    return HoldOut.objects.get(pk=row.pk)


@pytest.fixture
def travel() -> Any:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


def test_chance_draws_a_share_of_the_tier_and_says_so_in_sql_as_in_python(
    running: HoldOut, tier: list[Customer], cast: Cast
) -> None:
    drawn = {row.customer_id: row.held for row in HoldOutMember.objects.all()}
    assert drawn == {row.pk: is_held(running.pk, row.pk, 25) for row in tier}
    held = {pk for pk, is_out in drawn.items() if is_out}
    assert held == left_out()
    assert 8 <= len(held) <= 12
    assert planned_for() == {row.pk for row in Customer.objects.all()} - held
    assert without_plan(cast.wang).count() == 0  # and nobody is reminded to plan for them
    assert night()["differing"] == 0
    fresh = Customer.objects.select_related("facts", "owner", "rhythm")
    assert {row.pk for row in fresh if reckon(row) is None} == held
    assert {row.pk for row in fresh if reckon(row, answer="reached") is None} == held


def test_what_people_promised_and_began_goes_on(running: HoldOut, cast: Cast) -> None:
    promised, own, talk, fresh, *_others = sorted(left_out())
    with transaction.atomic():
        customer = Customer.objects.select_related("owner").get(pk=promised)
        follow_up_create(customer=customer, assignee=cast.wang, due_on=TODAY + timedelta(days=9), by=cast.wang)
    Rhythm.objects.create(customer_id=own, every_days=10)
    Customer.objects.filter(pk=talk).update(stage="proposal", stage_since=TODAY)
    Customer.objects.filter(pk=fresh).update(stage="first_contact")
    CustomerFacts.objects.filter(pk=fresh).update(last_attempt_at=None, last_contact_at=None)
    night()
    assert {promised, own, talk, fresh} <= planned_for()
    night()
    assert FollowUp.objects.get(customer=promised, state="open").source == "manual"
    rows = Customer.objects.select_related("facts", "owner", "rhythm").filter(pk__in=[own, talk, fresh])
    assert all(reckon(row) for row in rows)


def test_a_day_that_a_person_chose_stands_when_it_begins(cast: Cast, tier: list[Customer], travel: Any) -> None:
    for row in FollowUp.objects.filter(state="open"):
        row.reason["chosen"] = True
        row.save()
    services.hold_out_add(scheme="b2c", tier="A", share=50, starts_on=TODAY + timedelta(days=1), by=cast.admin)
    travel.move_to(clock.now() + timedelta(days=1))
    night()
    assert left_out()
    assert left_out() <= planned_for()


def test_who_changes_tier_or_owner_stays_on_their_side(running: HoldOut, cast: Cast) -> None:
    out = sorted(left_out())
    CustomerFacts.objects.filter(pk=out[0]).update(tier="B", tier_rank=3)
    Customer.objects.filter(pk=out[1]).update(owner=cast.li)
    came = Customer.objects.get(name="另一级")
    CustomerFacts.objects.filter(pk=came.pk).update(tier="A")
    night()
    assert left_out() == set(out)
    assert set(out[:2]).isdisjoint(planned_for())
    assert not HoldOutMember.objects.filter(customer=came).exists()


def test_a_manager_takes_one_in_who_is_planned_for_at_once(running: HoldOut, cast: Cast, travel: Any) -> None:
    pk, other = sorted(left_out())[:2]
    customer = Customer.objects.get(pk=pk)
    page = signed_in(cast.wang).get(reverse("customer", args=[pk])).content.decode()
    assert "Left out of the automatic plan" in page
    assert reverse("hold_out_take_in", args=[pk]) not in page  # a rep may know, not change it
    client = signed_in(cast.manager)
    assert reverse("hold_out_take_in", args=[pk]) in client.get(reverse("customer", args=[pk])).content.decode()
    client.post(reverse("hold_out_take_in", args=[pk]))
    assert pk in planned_for()
    member = HoldOutMember.objects.get(customer=pk)
    assert (member.held, member.taken_in_by) == (True, cast.manager)  # still on the side of those left out
    client.post(reverse("hold_out_leave_out", args=[pk]))
    assert pk not in planned_for()
    services.customer_take_in(customer=customer, by=cast.manager)
    services.customer_take_in(customer=customer, by=cast.manager)
    travel.move_to(clock.now() + timedelta(minutes=11))
    with pytest.raises(UndoTooLateError):
        services.customer_leave_out_again(customer=customer, by=cast.manager)
    assert pk not in left_out()
    assert other in left_out()
    acts = list(AuditEntry.objects.filter(act__startswith="hold_out.").order_by("pk").values_list("act", flat=True))
    assert acts == [
        *("hold_out.create", "hold_out.begin"),
        *("hold_out.take_in", "hold_out.leave_out", "hold_out.take_in"),
    ]


def test_its_end_brings_everybody_back_tonight_and_can_be_taken_back_today(
    running: HoldOut, cast: Cast, travel: Any
) -> None:
    out = left_out()
    services.customer_take_in(customer=Customer.objects.get(pk=min(out)), by=cast.manager)
    assert services.hold_out_end(row=running, by=cast.admin) == len(out) - 1
    services.hold_out_resume(row=running, by=cast.admin)
    assert left_out() == out - {min(out)}
    services.hold_out_end(row=running, by=cast.admin)
    assert left_out() == set()
    night()
    assert out <= planned_for()
    with pytest.raises(ValidationError, match="isn't running"):
        services.hold_out_end(row=running, by=cast.admin)
    travel.move_to(clock.now() + timedelta(days=1))
    with pytest.raises(ValidationError, match="another day"):
        services.hold_out_resume(row=running, by=cast.admin)


def test_nothing_is_set_for_days_that_have_begun_nor_twice(cast: Cast, tier: list[Customer]) -> None:
    tomorrow = {"starts_on": TODAY + timedelta(days=1), "by": cast.admin}
    for wrong in ({"starts_on": TODAY}, {"share": 4}, {"share": 51}, {"tier": "?"}, {"starts_on": date(2028, 1, 1)}):
        with pytest.raises(ValidationError) as error:
            services.hold_out_add(**{"scheme": "b2c", "tier": "A", "share": 10} | tomorrow | wrong)
        assert list(error.value.message_dict) == list(wrong)
    row = services.hold_out_add(scheme="b2c", tier="A", share=10, **tomorrow)
    with pytest.raises(ValidationError):
        services.hold_out_add(scheme="b2c", tier="A", share=20, **tomorrow)
    services.hold_out_withdraw(row=row, by=cast.admin)
    other = services.hold_out_add(scheme="b2c", tier="A", share=20, **tomorrow)
    with pytest.raises(ValidationError):
        services.hold_out_restore(row=row, by=cast.admin)
    services.hold_out_withdraw(row=other, by=cast.admin)
    services.hold_out_restore(row=row, by=cast.admin)
    assert HoldOut.objects.get(withdrawn_at=None).share == 10
    assert Tier.objects.filter(scheme="b2c", code="A").exists()


def test_two_that_run_draw_nobody_twice(running: HoldOut, cast: Cast, travel: Any) -> None:
    CustomerFacts.objects.filter(tier="A").update(tier="B")
    services.hold_out_add(scheme="b2c", tier="B", share=50, starts_on=TODAY + timedelta(days=2), by=cast.admin)
    before = set(HoldOutMember.objects.values_list("customer", flat=True))
    travel.move_to(clock.now() + timedelta(days=1))
    night()
    added = HoldOutMember.objects.exclude(hold_out=running).values_list("customer", flat=True)
    assert list(added) == [Customer.objects.get(name="另一级").pk]
    assert before.isdisjoint(added)


def test_the_pages(running: HoldOut, cast: Cast) -> None:
    n = len(left_out())
    client = signed_in(cast.wang)
    text = client.get(reverse("tier_control")).content.decode()
    assert f"{n} of your customers are left out, {40 - n} are planned for" in text
    assert "New hold-out" not in text
    assert client.get(reverse("hold_out_new")).status_code == 403
    assert client.post(reverse("hold_out_end", args=[running.pk])).status_code == 403
    theirs = signed_in(cast.outsider).get(reverse("hold_out", args=[running.pk])).content.decode()
    assert "0 of your customers are left out, 0 are planned for" in theirs
    client = signed_in(cast.admin)
    made = client.post(
        reverse("hold_out_new"), {"tier": "b2b:A", "share": "10", "starts_on": f"{TODAY + timedelta(days=9)}"}
    )
    assert made.status_code == 302
    again = client.post(reverse("hold_out_new"), {"tier": "b2b:A", "share": "10", "starts_on": f"{TODAY}"})
    assert again.status_code == 422
    client.post(reverse("hold_out_withdraw", args=[HoldOut.objects.get(scheme="b2b").pk]))
    assert HoldOut.objects.get(scheme="b2b").state == "withdrawn"
    client.post(reverse("hold_out_end", args=[running.pk]))
    assert HoldOut.objects.get(pk=running.pk).state == "ended"
    client.post(reverse("hold_out_resume", args=[running.pk]))
    assert HoldOut.objects.get(pk=running.pk).state == "running"


@pytest.mark.django_db(transaction=True)
def test_a_night_while_it_ends_leaves_nobody_without_a_date(cast: Cast, make: Any, travel: Any) -> None:
    """The end waits for the night's rows, or the night for the end's: whoever comes last, the next night finds them."""
    ScoreRun.objects.create(as_of=TODAY - timedelta(days=1), started_at=clock.now(), published_at=clock.now())
    rows = [make(f"客户 {n}", tier="A", last_contact=3) for n in range(12)]
    row = services.hold_out_add(scheme="b2c", tier="A", share=50, starts_on=TODAY + timedelta(days=1), by=cast.admin)
    travel.move_to(clock.now() + timedelta(days=1))
    night()
    assert left_out()
    with transaction.atomic():
        plans_make([one.pk for one in rows])  # holds their facts
        ending = beside(lambda: services.hold_out_end(row=row, by=cast.admin))
        assert ending.is_alive()
        assert connection.in_atomic_block
    ending.join(20)
    assert not left_out()
    night()
    assert planned_for() == {one.pk for one in rows}
