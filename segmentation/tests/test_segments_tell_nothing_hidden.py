"""A count says nothing of what its reader may not see: fields, rows of others, the pool, private segments."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts import policy
from accounts.models import RoleGrant, User
from conftest import Cast
from core import clock
from customers.models import Customer, CustomerFacts
from sales.models import Order
from segmentation.segments.fields import fields, may_ask
from segmentation.segments.models import Segment
from segmentation.segments.selectors import SegmentUnusableError, count_parts, customers_of, reading_of
from segmentation.tests.segments_made import COMPANIES, HEALTHY, PERSONS, a_segment, all_of, without

pytestmark = pytest.mark.django_db
BOUGHT = {"field": "orders", "how": "range", "min": 1, "days": 30}


@pytest.fixture
def rows(cast: Cast) -> dict[str, Customer]:
    """A healthy company of 小王's, of 外组's and of nobody's, each with an order of today."""
    owners = {"wang": (cast.wang, cast.shanghai), "outsider": (cast.outsider, cast.north), "pool": (None, None)}
    found = {
        name: Customer.objects.create(number=name, name=name, kind="company", owner=owner, team=team)
        for name, (owner, team) in owners.items()
    }
    today = clock.business_date()
    for row in found.values():
        CustomerFacts.objects.create(customer=row, health=80)
        Order.objects.create(
            customer=row,
            number=f"O-{row.number}",
            ordered_at=clock.now(),
            ordered_on=today,
            currency="CNY",
            total=100,
            amount=100,
        )
    return found


def names(segment: Segment, user: User) -> set[str]:
    return set(customers_of(segment, user).values_list("number", flat=True))


def test_each_reader_counts_their_own_reach_without_the_pool(cast: Cast, rows: dict[str, Customer]) -> None:
    row = a_segment(cast.manager, COMPANIES, HEALTHY, BOUGHT, shared=True)
    assert names(row, cast.wang) == {"wang"}
    assert names(row, cast.outsider) == {"outsider"}
    assert names(row, cast.manager) == {"wang"}
    assert names(row, cast.admin) == {"wang", "outsider", "pool"}
    everybody_else = a_segment(cast.wang, {**PERSONS, "not": True}, name="Not persons")
    assert names(everybody_else, cast.wang) == {"wang"}


def test_a_field_without_its_right_is_neither_offered_nor_counted(
    cast: Cast, rows: dict[str, Customer], sign_in: Any
) -> None:
    row = a_segment(cast.manager, COMPANIES, HEALTHY, shared=True, name="Healthy ones")
    blind = without(cast.wang, "score.view")
    assert "health" not in may_ask(blind)
    reading = reading_of(blind, row)
    assert (reading.usable, reading.hidden) == (False, [(1,)])
    assert set(count_parts(blind, reading)) == {(0,)}
    with pytest.raises(SegmentUnusableError):
        customers_of(row, blind)
    client = sign_in(blind)
    page = client.get(f"/segments/{row.pk}/").content.decode()
    assert "asks for something that you may not see" in page
    assert "Health" not in page.split("<main")[-1].replace("Healthy ones", "")
    listed = client.get("/segments/").content.decode()
    assert "not counted" in listed
    assert "Health:" not in listed
    found = client.get(f"/customers/?segment={row.pk}&view=all").content.decode()
    assert "No customer fits" in found
    assert "you may not see" in found


def test_who_does_not_see_a_condition_can_neither_save_nor_copy_it(cast: Cast, sign_in: Any) -> None:
    row = a_segment(cast.wang, HEALTHY, shared=True)
    blind = without(cast.wang, "score.view")
    client = sign_in(blind)
    assert client.get(f"/segments/{row.pk}/edit/").status_code == 403
    assert client.post(f"/segments/{row.pk}/copy/").status_code == 403
    with pytest.raises(ValidationError):
        a_segment(blind, HEALTHY, name="Mine")
    sent = {"act": "count", "press": "0", "nmatch": "all", "n0_field": "health", "n0_how": "range", "n0_min": "1"}
    client.post("/segments/new/", sent)
    page = client.get("/segments/new/").content.decode()
    assert "Something that you don&#x27;t see" in page
    assert "Not counted yet" in page


def test_orders_count_only_where_their_reader_sees_them(cast: Cast, rows: dict[str, Customer]) -> None:
    """The customers of all, but the orders of one's own alone."""
    agent = without(cast.agent)
    grants = RoleGrant.objects.filter(role=agent.role)
    grants.filter(permission="order.view").update(scope="own")
    agent = User.objects.get(pk=agent.pk)
    row = a_segment(cast.admin, BOUGHT, shared=True)
    turned = a_segment(cast.admin, {**BOUGHT, "not": True}, shared=True, name="Turned")
    assert names(row, agent) == names(turned, agent) == set()
    Customer.objects.filter(number="outsider").update(owner=agent)
    assert names(row, agent) == {"outsider"}
    assert names(turned, agent) == set()


def test_a_private_segment_is_nobodys_business(cast: Cast, sign_in: Any) -> None:
    row = a_segment(cast.wang, name="Private")
    for person in (cast.lead, cast.manager, cast.admin, cast.auditor):
        assert not Segment.objects.for_user(person).filter(pk=row.pk).exists()
        assert sign_in(person).get(f"/segments/{row.pk}/").status_code == 404


def test_who_leads_takes_care_of_shared_ones_of_their_people(cast: Cast) -> None:
    row = a_segment(cast.wang, shared=True)
    may = {person for person in vars(cast).values() if isinstance(person, User) and _may_change(row, person)}
    assert may == {cast.wang, cast.lead, cast.manager, cast.admin}


def _may_change(row: Segment, person: User) -> bool:
    return Segment.objects.for_user(person, "change").filter(pk=row.pk).exists()


def test_no_field_asks_for_what_masks_hide() -> None:
    ways = {name for name, field_class in Customer.mask_fields.items() if field_class in policy.WAYS_CLASSES}
    assert not ways & set(fields())
    others = set(Customer.mask_fields) - ways
    assert {name: fields()[name].mask for name in others} == dict.fromkeys(others, policy.PROFILE)
    sent = all_of({"field": "phone", "how": "in", "text": "138"})
    with pytest.raises(ValidationError):
        a_segment(User(pk=1), *sent["parts"])


def test_a_colleague_out_of_reach_is_not_named(cast: Cast, sign_in: Any) -> None:
    row = a_segment(cast.admin, {"field": "owner", "how": "in", "codes": [str(cast.outsider.pk)]}, shared=True)
    page = sign_in(cast.wang).get(f"/segments/{row.pk}/").content.decode()
    assert "somebody whom you don&#x27;t see" in page
    assert "外组" not in page


ODD = (
    {"field": "last_activity", "how": "between", "to": "9999-12-31"},
    {"field": "last_activity", "how": "between", "from": "0001-01-01"},
    {"field": "tag", "how": "in", "codes": ["²"]},
    {"field": "team", "how": "in", "codes": ["9" * 500]},
    {"field": "birthday", "how": "in", "codes": ["²", "13"]},
    {"field": "products", "how": "in", "codes": ["\u0000"]},
)


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd["field"])
def test_what_nobody_means_is_refused_and_breaks_no_list(cast: Cast, sign_in: Any, odd: dict[str, Any]) -> None:
    """Stored by an older version all the same, it is said where it stands and leaves the others their numbers."""
    with pytest.raises(ValidationError):
        a_segment(cast.wang, odd)
    row = a_segment(cast.wang, COMPANIES, name="Odd", shared=True)
    kept = {**odd, "codes": [code.replace("\u0000", "0x") for code in odd["codes"]]} if "codes" in odd else odd
    Segment.objects.filter(pk=row.pk).update(tree=all_of(kept))
    client = sign_in(cast.wang)
    for page in (reverse("segment_list"), reverse("segment_edit", args=[row.pk])):
        assert client.get(page).status_code == 200
