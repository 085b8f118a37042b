"""The customer list narrowed by conditions of which all or any must hold; they stand in its address alone."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from conftest import Cast
from customers.models import Customer
from segmentation.models import Segment
from segmentation.segments.inaddress import TooLongForAddressError, packed, unpacked
from segmentation.segments.tree import ALL, ANY, IN, Condition, Group

pytestmark = pytest.mark.django_db
LIST, ASKED = reverse("customer_list"), reverse("conditions_new")
EITHER = Group(ANY, (Condition("kind", IN, codes=("company",)), Condition("stage", IN, codes=("needs",))))


@pytest.fixture
def book(cast: Cast) -> dict[str, Customer]:
    """A company, a person whose need is known, and a person at the beginning: 小王's."""
    given = {
        "公司甲": {"kind": "company", "stage": "first_contact"},
        "个人乙": {"kind": "person", "stage": "needs"},
        "个人丙": {"kind": "person", "stage": "first_contact"},
    }
    rows = enumerate(given.items())
    return {
        name: Customer.objects.create(number=f"W{n}", name=name, owner=cast.wang, **more) for n, (name, more) in rows
    }


def shown(client: Any, query: str) -> set[str]:
    page = client.get(f"{LIST}?{query}").content.decode()
    return {name for name in ("公司甲", "个人乙", "个人丙") if name in page.partition("<tbody")[2]}


def test_any_of_them_is_enough(sign_in: Any, cast: Cast, book: dict[str, Customer]) -> None:
    client = sign_in(cast.wang)
    assert shown(client, f"view=mine&where={packed(EITHER)}") == {"公司甲", "个人乙"}
    both = Group(ALL, EITHER.parts)
    assert shown(client, f"view=mine&where={packed(both)}") == set()
    assert shown(client, f"view=mine&where={packed(EITHER)}&kind=person") == {"个人乙"}  # beside other filters


def test_the_form_leads_to_the_list_and_keeps_what_else_it_asks_for(
    sign_in: Any, cast: Cast, book: dict[str, Customer]
) -> None:
    client = sign_in(cast.wang)
    form = f"{ASKED}?list=view%3Dmine%26columns%3Dregion"
    typed = {"press": "0", "nmatch": "any", "n0_field": "kind", "n0_how": "in", "n0_codes": ["company"]}
    done = client.post(form, {**typed, "act": "show"})
    asked = parse_qs(urlsplit(done["Location"]).query)
    assert (asked["view"], asked["columns"]) == (["mine"], ["region"])
    assert shown(client, urlsplit(done["Location"]).query) == {"公司甲"}
    assert not Segment.objects.exists()
    again = client.get(
        f"{ASKED}?where={asked['where'][0]}"
    ).content.decode()  # the conditions are changed from the list
    assert 'value="company"' in again


def test_what_cannot_be_read_means_nobody(sign_in: Any, cast: Cast, book: dict[str, Customer]) -> None:
    client = sign_in(cast.wang)
    for wrong in ("x", "eJw", packed(Group(ALL, (Condition("gone", IN, codes=("a",)),)))):
        assert shown(client, f"view=mine&where={wrong}") == set()


def test_it_asks_no_more_than_one_may(sign_in: Any, cast: Cast, book: dict[str, Customer]) -> None:
    cast.wang.role.grants.filter(permission="segment.view").delete()
    assert shown(sign_in(cast.wang), f"view=mine&where={packed(EITHER)}") == set()


def test_the_pool_is_not_asked(sign_in: Any, cast: Cast, book: dict[str, Customer]) -> None:
    Customer.objects.filter(name="公司甲").update(owner=None)
    assert shown(sign_in(cast.wang), f"view=all&where={packed(EITHER)}") == {"个人乙"}


def test_too_many_are_to_be_saved_instead() -> None:
    assert unpacked(packed(EITHER)) is not None
    each = (Condition("region", IN, codes=tuple(f"{n * m * 7919}" for m in range(200))) for n in range(1, 31))
    with pytest.raises(TooLongForAddressError):
        packed(Group(ANY, tuple(each)))


def test_they_become_a_segment_on_wish(sign_in: Any, cast: Cast, book: dict[str, Customer]) -> None:
    client = sign_in(cast.wang)
    typed = {"press": "0", "nmatch": "any", "n0_field": "kind", "n0_how": "in", "n0_codes": ["company"], "act": "save"}
    assert client.post(ASKED, typed)["Location"] == reverse("segment_new")
    assert 'value="company"' in client.get(reverse("segment_new")).content.decode()
    assert client.post(ASKED, typed).status_code == 422  # what was begun there isn't written over
