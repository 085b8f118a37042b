"""One field set for the ticked customers or the whole list: what changes is shown first, and nobody's work is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from conftest import Cast
from customers import services
from customers.models import Customer, Industry, OwnField, RequiredFields, Stage, StageMove
from customers.services import Left, Setting, customers_set, together

pytestmark = pytest.mark.django_db
SET = reverse("customers_set")
HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"')


@pytest.fixture
def many(cast: Cast) -> list[Customer]:
    """Sixty companies of 小王's, and one of another team's."""
    rows = [
        Customer(number=f"M{n}", name=f"客户{n}", name_sort=f"{n:03}", kind="company", owner=cast.wang)
        for n in range(60)
    ]
    rows.append(Customer(number="F1", name="外组客户", kind="company", owner=cast.outsider))
    return Customer.objects.bulk_create(rows)


def versions(rows: list[Customer]) -> dict[int, int]:
    return {row.pk: row.version for row in rows}


class Asking:
    """A person at the three pages of the question."""

    def __init__(self, client: Any, **first: Any) -> None:
        self.client = client
        self.page = client.post(SET, first, headers={"Accept-Language": "en"})

    def press(self, step: str, **typed: Any) -> Any:
        hidden = {
            name: text for name, text in HIDDEN.findall(self.page.content.decode()) if name != "csrfmiddlewaretoken"
        }
        sent = {**hidden, **typed, "step": step}
        self.page = self.client.post(SET, sent, headers={"Accept-Language": "en"})
        return self.page


def test_the_whole_list_gets_a_value_after_a_look_at_what_changes(
    sign_in: Any, cast: Cast, many: list[Customer]
) -> None:
    machines, food = Industry.objects.get(code="manufacturing"), Industry.objects.get(code="food")
    Customer.objects.filter(number="M0").update(industry=machines)
    Customer.objects.filter(number="M1").update(industry=food)
    asking = Asking(sign_in(cast.wang), all="1", view="?view=mine")
    asking.press("value", field="industry")
    look = asking.press("look", industry=machines.pk).content.decode()
    assert "59 customers change." in look
    assert "1 of them has another value" in look
    assert "1 says so already." in look
    assert Customer.objects.filter(industry=machines).count() == 1  # nothing is written yet
    asking.press("do")
    assert set(Customer.objects.filter(industry=machines).values_list("owner", flat=True)) == {cast.wang.pk}
    assert Customer.objects.filter(industry=machines).count() == 60
    lines = AuditEntry.objects.filter(act="customer.change", by=cast.wang)
    assert (lines.count(), lines[0].details["fields"]) == (59, ["industry"])


def test_who_was_changed_meanwhile_stays_as_somebody_else_left_it(
    sign_in: Any, cast: Cast, many: list[Customer]
) -> None:
    food, energy = Industry.objects.get(code="food"), Industry.objects.get(code="energy")
    asking = Asking(sign_in(cast.wang), ids=[row.pk for row in many[:3]])
    asking.press("value", field="industry")
    asking.press("look", industry=energy.pk)
    services.customer_update(customer=many[1], changes={"industry": food}, version=1, by=cast.lead)
    asking.press("do")
    assert [Customer.objects.get(pk=row.pk).industry for row in many[:3]] == [energy, food, energy]


def test_two_who_set_the_same_field_at_once_lose_nothing(cast: Cast, many: list[Customer]) -> None:
    seen = versions(many[:2])
    services.customer_update(customer=many[0], changes={"region": "苏州"}, version=1, by=cast.lead)
    done = customers_set(versions=seen, setting=Setting("region", "上海"), by=cast.wang)
    assert (done.changed, done.left[Left.STALE]) == (1, 1)
    again = customers_set(versions=seen, setting=Setting("region", "上海"), by=cast.wang)
    assert (again.changed, again.left[Left.SAME], again.left[Left.STALE]) == (0, 1, 1)  # a second press is harmless


def test_slices_are_written_one_by_one(cast: Cast, many: list[Customer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "SLICE", 7)
    done = customers_set(versions=versions(many[:60]), setting=Setting("region", "上海"), by=cast.wang)
    assert done.changed == Customer.objects.filter(region="上海", version=2, updated_by=cast.wang).count() == 60


def test_only_empty_ones_are_filled_on_wish(cast: Cast, many: list[Customer]) -> None:
    Customer.objects.filter(number="M0").update(region="苏州")
    done = customers_set(versions=versions(many[:2]), setting=Setting("region", "上海", only_empty=True), by=cast.wang)
    assert (done.changed, done.left[Left.FILLED]) == (1, 1)


def test_what_is_required_is_not_emptied(cast: Cast, many: list[Customer]) -> None:
    services.required_fields_change(
        row=RequiredFields(kind="company", version=0), changes={"region": "always"}, version=0, by=cast.admin
    )
    Customer.objects.filter(number="M0").update(region="苏州")
    done = customers_set(versions=versions(many[:2]), setting=Setting("region", ""), by=cast.wang)
    assert (done.changed, done.left[Left.REQUIRED], done.left[Left.SAME]) == (0, 1, 1)


def test_a_stage_moves_with_its_history_and_a_pause_stays(cast: Cast, many: list[Customer]) -> None:
    services.customer_pause(customer=many[0], until=None, reason="停产", by=cast.wang)
    many[0].refresh_from_db()
    done = customers_set(versions=versions(many[:3]), setting=Setting("stage", Stage.PROPOSAL), by=cast.wang)
    assert (done.changed, done.left[Left.PAUSED]) == (2, 1)
    moves = StageMove.objects.filter(to_stage=Stage.PROPOSAL)
    assert set(moves.values_list("customer", "by")) == {(row.pk, cast.wang.pk) for row in many[1:3]}
    assert AuditEntry.objects.filter(act="customer.stage", object_id__in=[row.pk for row in many[1:3]]).count() == 2


def test_an_own_field_is_set_beside_what_stands_in_others(cast: Cast, many: list[Customer]) -> None:
    option = {"code": "a", "name_en": "A", "name_zh": "甲", "used": True}
    OwnField.objects.create(code="grade", kind="choice", name_en="Grade", name_zh="等级", options=[option])
    hidden = OwnField.objects.create(code="plan", kind="text", name_en="Plan", name_zh="计划", readers="confidential")
    Customer.objects.filter(number="M0").update(own={"other": "stays"})
    done = customers_set(versions=versions(many[:2]), setting=Setting("own_grade", "a"), by=cast.wang)
    assert done.changed == 2
    assert Customer.objects.get(number="M0").own == {"other": "stays", "grade": "a"}
    emptied = customers_set(versions={many[0].pk: 2, many[1].pk: 2}, setting=Setting("own_grade", None), by=cast.wang)
    assert emptied.changed == 2
    assert Customer.objects.get(number="M0").own == {"other": "stays"}
    foreign = customers_set(versions=versions(many[60:]), setting=Setting(hidden.field_name, "x"), by=cast.agent)
    assert (foreign.changed, foreign.left[Left.UNREAD]) == (0, 1)


def test_a_value_must_be_said(sign_in: Any, cast: Cast, many: list[Customer]) -> None:
    asking = Asking(sign_in(cast.wang), ids=[many[0].pk])
    assert asking.press("value").status_code == 422  # no field was chosen
    asking.press("value", field="industry")
    again = asking.press("look")
    assert again.status_code == 422
    assert "Say what is to stand there." in again.content.decode()
    assert asking.press("do", industry="999999").status_code == 422
