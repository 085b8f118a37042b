"""A field set for many, or a tag put on or taken off, is taken back for a day: of whom nobody has touched it since."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from conftest import Cast
from core import clock
from customers import services
from customers.models import Customer, CustomerFacts, Industry, ManyChange, OwnField, Stage, StageMove, Tag
from customers.services import PutBackOverError, Setting, customers_put_back, customers_set, putback, standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(cast: Cast) -> list[Customer]:
    """Twelve companies of 小王's in 苏州, each at a stage since a day of its own."""
    rows = [
        Customer(number=f"M{n}", name=f"客户{n}", name_sort=f"{n:03}", kind="company", owner=cast.wang, region="苏州")
        for n in range(12)
    ]
    for n, row in enumerate(rows):
        row.stage, row.stage_since = Stage.PROPOSAL, clock.business_date() - timedelta(days=n)
    made = Customer.objects.bulk_create(rows)
    CustomerFacts.objects.bulk_create(CustomerFacts(customer=row) for row in made)
    return made


def put(rows: list[Customer], by: Any, name: str, value: Any) -> ManyChange:
    versions = dict(Customer.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "version"))
    done = customers_set(versions=versions, setting=Setting(name, value), by=by)
    assert done.record is not None
    return done.record


def tagged(rows: list[Customer], by: Any, tag: Tag, *, off: bool = False) -> ManyChange:
    found = services.customers_tag_together(customer_ids=[row.pk for row in rows], tag=tag, off=off, by=by)
    assert found is not None
    return found


def test_a_field_goes_back_where_nobody_touched_the_file(cast: Cast, many: list[Customer]) -> None:
    Customer.objects.filter(pk=many[0].pk).update(region="")
    change = put(many, cast.wang, "region", "上海")
    services.customer_update(customer=many[1], changes={"name": "新名"}, version=2, by=cast.lead)
    services.customer_transfer(customer=Customer.objects.get(pk=many[2].pk), to=cast.outsider, by=cast.admin)
    assert len(standing(change=change, by=cast.wang).back) == 10
    done = customers_put_back(change=change, by=cast.wang)
    assert (done.changed, done.beyond) == ([many[1].pk], [many[2].pk])
    regions = dict(Customer.objects.values_list("number", "region"))
    assert (regions["M0"], regions["M1"], regions["M2"], regions["M3"]) == ("", "上海", "上海", "苏州")
    change.refresh_from_db()
    assert (change.went_back, set(change.stayed)) == (10, {many[1].pk, many[2].pk})
    assert AuditEntry.objects.filter(act="customer.put_back", by=cast.wang).count() == 1
    with pytest.raises(PutBackOverError):
        customers_put_back(change=change, by=cast.wang)


def test_after_a_day_it_stays(cast: Cast, many: list[Customer]) -> None:
    change = put(many, cast.wang, "region", "上海")
    ManyChange.objects.update(at=clock.now() - timedelta(hours=24, seconds=1))
    with pytest.raises(PutBackOverError):
        customers_put_back(change=change, by=cast.wang)


def test_an_own_field_an_entry_and_a_stage_go_back_to_what_each_had(cast: Cast, many: list[Customer]) -> None:
    food, energy = Industry.objects.get(code="food"), Industry.objects.get(code="energy")
    level = OwnField.objects.create(code="grade", name_zh="级别", name_en="Grade", kind="text", of="both")
    Customer.objects.filter(pk=many[0].pk).update(industry=food, own={"grade": "甲", "other": "x"})
    changes = [
        put(many, cast.wang, "industry", energy),
        put(many, cast.wang, level.field_name, "乙"),
        put(many, cast.wang, "stage", Stage.NEEDS),
    ]
    Industry.objects.filter(pk=food.pk).update(merged_into=energy)
    for change in reversed(changes):  # a later one that went back is no touch of the earlier one
        assert len(customers_put_back(change=change, by=cast.wang).back) == 12
    rows = {row.number: row for row in Customer.objects.all()}
    assert (rows["M0"].industry, rows["M1"].industry) == (energy, None), "the entry was merged into the other"
    assert (rows["M0"].own, rows["M1"].own) == ({"grade": "甲", "other": "x"}, {})
    assert [rows[f"M{n}"].stage_since for n in (0, 5)] == [many[0].stage_since, many[5].stage_since]
    assert {row.stage for row in rows.values()} == {Stage.PROPOSAL}
    assert StageMove.objects.filter(customer=many[5]).count() == 2, "the history shows both ways"


def test_a_tag_goes_and_comes_back_as_it_was(cast: Cast, many: list[Customer]) -> None:
    tag = Tag.objects.create(name="展会")
    many[0].tags.add(tag)
    on = tagged(many[:4], cast.wang, tag)
    assert on.customers == 3
    many[1].tags.remove(tag)
    assert customers_put_back(change=on, by=cast.wang).changed == [many[1].pk]
    assert set(Customer.objects.filter(tags=tag)) == {many[0]}
    off = tagged(many[:4], cast.wang, tag, off=True)
    assert not Customer.objects.filter(tags=tag).exists()
    assert len(customers_put_back(change=off, by=cast.wang).back) == 1
    assert set(Customer.objects.filter(tags=tag)) == {many[0]}


def test_who_lost_the_right_meanwhile_takes_nothing_back(cast: Cast, many: list[Customer]) -> None:
    change = put(many, cast.wang, "region", "上海")
    Customer.objects.update(owner=cast.outsider)
    assert len(customers_put_back(change=change, by=cast.wang).beyond) == 12
    assert set(Customer.objects.values_list("region", flat=True)) == {"上海"}


def test_statements_go_by_slices_and_not_by_rows(
    cast: Cast, many: list[Customer], django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = put(many, cast.wang, "region", "上海")
    with django_assert_max_num_queries(16):
        customers_put_back(change=change, by=cast.wang)
    again = put(many, cast.wang, "region", "北京")
    monkeypatch.setattr(putback, "SLICE", 5)
    assert len(customers_put_back(change=again, by=cast.wang).back) == 12


def test_the_pages_offer_it_and_nobody_else_finds_it(sign_in: Any, cast: Cast, many: list[Customer]) -> None:
    client, tag = sign_in(cast.wang), Tag.objects.create(name="展会")
    question = client.post(reverse("customers_tag"), {"ids": [many[0].pk, many[1].pk]}).content.decode()
    chosen = question.split('name="chosen" value="')[1].split('"')[0]
    sent = {"chosen": chosen, "confirm": "1", "way": "put", "tag": tag.pk}
    page = client.post(reverse("customers_tag"), sent, follow=True).content.decode()
    undo = reverse("customers_put_back", args=[ManyChange.objects.get().pk])
    assert undo in page
    assert undo in client.get(reverse("many_change_list")).content.decode()
    one = reverse("many_change", args=[ManyChange.objects.get().pk])
    assert undo in client.get(one).content.decode()
    lead = sign_in(cast.lead)
    assert [lead.get(one).status_code, lead.post(undo).status_code] == [404, 404]
    client = sign_in(cast.wang)
    client.post(undo)
    assert not Customer.objects.filter(tags=tag).exists()
    gone = client.post(undo, follow=True, headers={"Accept-Language": "en"}).content.decode()
    assert "taken back any more" in gone
