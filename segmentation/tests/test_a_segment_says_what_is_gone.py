"""What a segment names may be merged or go: it follows or says so, and never means everybody instead."""

from __future__ import annotations

import random
from typing import Any

import pytest

from conftest import Cast
from core import clock
from customers.models import Customer, Industry, Tag
from segmentation.segments import tree
from segmentation.segments.fields import specs
from segmentation.segments.models import Segment
from segmentation.segments.selectors import SegmentUnusableError, customers_of, reading_of
from segmentation.segments.words import code_words, why_unusable
from segmentation.tests.segments_made import COMPANIES, PERSONS, a_segment, all_of

pytestmark = pytest.mark.django_db


def said(row: Segment, cast: Cast) -> str:
    reading = reading_of(cast.admin, row)
    with pytest.raises(SegmentUnusableError):
        customers_of(row, cast.admin)
    return why_unusable(reading, code_words(cast.admin, [reading.tree]))


def test_a_merged_entry_means_the_one_that_it_became(cast: Cast, customer: Customer) -> None:
    old, new = Industry.objects.order_by("pk")[:2]
    row = a_segment(cast.admin, {"field": "industry", "how": "in", "codes": [old.code]})
    Customer.objects.filter(pk=customer.pk).update(industry=new)
    assert customers_of(row, cast.admin).count() == 0
    Industry.objects.filter(pk=old.pk).update(merged_into=new, is_active=False)
    assert customers_of(row, cast.admin).get() == customer


def test_a_retired_entry_counts_as_before_and_is_called_so(cast: Cast, customer: Customer, sign_in: Any) -> None:
    tag = Tag.objects.create(name="Fair")
    customer.tags.add(tag)
    row = a_segment(cast.wang, {"field": "tag", "how": "in", "codes": [str(tag.pk)]})
    Tag.objects.filter(pk=tag.pk).update(is_active=False)
    assert customers_of(row, cast.wang).get() == customer
    assert "Fair (not offered any more)" in sign_in(cast.wang).get(f"/segments/{row.pk}/").content.decode()


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        (all_of({"field": "industry", "how": "in", "codes": ["gone"]}), "no industry “gone” any more"),
        (
            all_of(COMPANIES, {"field": "horoscope", "how": "in", "codes": ["x"]}),
            "“horoscope” isn't asked for any more",
        ),
        (all_of(COMPANIES, {"field": "health", "how": "sideways"}), "Choose what to ask for"),
        (all_of() | {"version": 2}, "newer version"),
        (all_of(), "Nothing is asked for here"),
        ([], "can't be read"),
    ],
)
def test_what_cannot_be_answered_says_so_and_means_nobody(
    cast: Cast, customer: Customer, sign_in: Any, stored: Any, words: str
) -> None:
    row = a_segment(cast.wang)
    Segment.objects.filter(pk=row.pk).update(tree=stored)
    row.refresh_from_db()
    assert words in said(row, cast)
    client = sign_in(cast.wang)
    assert words in client.get(f"/segments/{row.pk}/").content.decode().replace("&#x27;", "'")
    for page in (f"/customers/?view=all&segment={row.pk}", f"/follow-ups/?segment={row.pk}"):
        answer = client.get(page).content.decode().replace("&#x27;", "'")
        assert customer.name not in answer.split("<main")[-1]
    assert words in answer
    assert words in client.get("/segments/").content.decode().replace("&#x27;", "'")


def test_whatever_is_stored_is_read_or_refused(cast: Cast) -> None:
    """Trees with parts torn out and values of other kinds put in."""
    chance, odd = random.Random(3), [None, [], {}, "x", -1, 1.5, True, 10**40, "2026-13-01", ["a"] * 300]
    whole = all_of(
        {"field": "orders", "how": "range", "min": 1, "days": 9},
        {"match": "any", "parts": [PERSONS, {"field": "last_order", "how": "between", "from": "2026-01-01"}]},
    )

    def torn(value: Any) -> Any:
        if chance.random() < 0.03:
            return chance.choice(odd)
        if isinstance(value, dict):
            kept = {key: torn(one) for key, one in value.items() if chance.random() > 0.02}
            more = {chance.choice(["not", "max", "codes", "odd"]): chance.choice(odd)}
            return kept | (more if chance.random() < 0.05 else {})
        return [torn(one) for one in value] if isinstance(value, list) else value

    read = 0
    for _ in range(400):
        found = tree.read(torn(whole), specs())
        if not found.problems:
            read += 1
            again = tree.read(tree.stored(found.tree), specs())
            assert (again.tree, again.problems) == (found.tree, {})
            tree.holds(found.tree, specs(), {}, clock.business_date())
    assert 50 < read < 350


def test_depth_and_number_of_conditions_have_limits() -> None:
    deep: dict[str, Any] = PERSONS
    for _ in range(tree.DEEPEST + 1):
        deep = all_of(deep)
    assert {problem.code for problem in tree.read(deep, specs()).problems.values()} == {"deep"}
    many = tree.read(all_of(*[PERSONS] * (tree.MOST_CONDITIONS + 1)), specs())
    assert many.problems[()].code == "many"
