"""The sweep compares whom somebody wrote since the last one, and remembers what people decided."""

import pytest
from django.utils import timezone

from customers import services
from customers.duplicates import sweep
from customers.models import Customer, DuplicatePair, MatchKey, ToMatch

pytestmark = pytest.mark.django_db
MORE = {"kind": "company", "region": "上海"}


def run():
    """The counts of a whole night."""
    return [*sweep.sweep(None)]


def made(cast, name, **more):
    return services.customer_create(by=cast.wang, owner=cast.wang, name=name, **{**MORE, **more})


def pairs():
    return [(pair.first_id, pair.second_id, pair.strength) for pair in DuplicatePair.objects.order_by("pk")]


@pytest.fixture
def two(cast):
    return made(cast, "恒远机械有限公司", phone="13812345678"), made(cast, "恒远机械", phone="138 1234 5678")


def test_same_phone_and_name_is_certain_and_found_once(two):
    first, second = two
    run()
    run()
    assert pairs() == [(first.pk, second.pk, "certain")]
    assert set(DuplicatePair.objects.get().alike) == {"p", "n", "s", "r"}


def test_a_contacts_number_counts_as_well(cast):
    one, other = made(cast, "甲公司", phone="13812345678"), made(cast, "乙公司")
    run()
    services.contact_add(customer=other, by=cast.wang, name="赵工", phone="13812345678")
    run()
    assert pairs() == [(one.pk, other.pk, "possible")]


def test_persons_of_one_name_are_no_pair_without_more(cast):
    made(cast, "张伟", kind="person", region="")
    made(cast, "张伟", kind="person", region="上海")
    run()
    assert not pairs()


def test_only_who_was_written_is_compared(cast, two):
    run()
    assert not ToMatch.objects.exists()
    Customer.objects.filter(pk=two[0].pk).update(notes="x", version=9)
    assert run() == []
    services.customer_update(customer=two[0], changes={"name": "远大"}, version=9, by=cast.wang)
    assert run()[-1] == {"compared": 1, "pairs": 1}


def test_a_pair_that_is_none_any_more_goes_and_a_decided_one_stays(cast, two):
    run()
    third = made(cast, "第三家", phone="13812345678")
    run()
    assert DuplicatePair.objects.count() == 3
    decided = DuplicatePair.objects.get(first=two[0], second=two[1])
    decided.state, decided.decided_at, decided.decided_by = "different", timezone.now(), cast.wang
    decided.save()
    services.customer_update(customer=two[1], changes={"phone": ""}, version=1, by=cast.wang)
    run()
    assert pairs() == [(two[0].pk, two[1].pk, "likely"), (two[0].pk, third.pk, "possible")]
    assert DuplicatePair.objects.get(pk=decided.pk).state == "different"


def test_who_is_deleted_is_compared_with_nobody_until_restored(cast, two):
    run()
    services.customer_delete(customer=two[1], by=cast.wang)
    run()
    assert not pairs()
    assert set(MatchKey.objects.values_list("customer_id", flat=True)) == {two[0].pk}
    services.customer_restore(customer=two[1], by=cast.wang)
    run()
    assert len(pairs()) == 1
    Customer.all_objects.filter(pk=two[1].pk).delete()
    run()
    assert set(MatchKey.objects.values_list("customer_id", flat=True)) == {two[0].pk}


def test_a_number_of_a_switchboard_says_nothing(cast, monkeypatch):
    monkeypatch.setattr(sweep, "MOST", 3)
    for number in range(4):
        made(cast, f"第{number}家", phone="13812345678")
    run()
    assert not pairs()


def test_in_slices_it_finds_the_same(cast, two, monkeypatch):
    monkeypatch.setattr(sweep, "SLICE", 1)
    made(cast, "恒远 机械", region="")
    assert run()[-1]["compared"] == 3
    assert [strength for *_ids, strength in pairs()] == ["certain", "possible", "possible"]
