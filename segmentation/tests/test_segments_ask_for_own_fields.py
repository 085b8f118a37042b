"""Segments ask for own fields by their kind; what nobody wrote meets no condition, and so its opposite."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import MaskRule, User
from customers.models import Customer, own_fields
from customers.services import own_field_retire
from customers.tests.own_fields.made import own
from segmentation.segments.fields import may_ask
from segmentation.segments.models import Segment
from segmentation.tests.segments_made import a_segment

pytestmark = pytest.mark.django_db
KINDS = ("text", "figure", "money", "date", "choice", "several", "yes_no", "person")


@pytest.fixture
def four(cast) -> None:
    """Three customers with values and one without."""
    for kind in KINDS:
        own(cast.admin, kind)
    held: dict[str, dict[str, Any]] = {
        "A": {"text": "Gold contract", "figure": "9.5", "money": 900, "date": "2027-01-05", "choice": "red"},
        "B": {"text": "none", "figure": "-3", "several": ["red", "green"], "yes_no": False, "date": "2026-12-31"},
        "C": {"choice": "blue", "several": ["green"], "yes_no": True, "money": -5, "person": cast.li.pk},
        "D": {},
    }
    for name, values in held.items():
        Customer.objects.create(number=name, name=f"Firm {name}", owner=cast.wang, own=values)


def meant(client, user, *conditions: dict[str, Any]) -> str:
    segment = a_segment(user, *conditions, name=f"Ours {Segment.objects.count()}")
    page = client.get(reverse("customer_list"), {"view": "mine", "segment": segment.pk}).content.decode()
    return "".join(letter for letter in "ABCD" if f"Firm {letter}" in page)


ASKED = [
    ({"field": "own_text", "how": "in", "text": "CONTRACT"}, "A"),
    ({"field": "own_figure", "how": "range", "min": 0}, "A"),
    ({"field": "own_figure", "how": "range", "min": -3, "max": 9}, "B"),
    ({"field": "own_money", "how": "range", "max": 0}, "C"),
    ({"field": "own_date", "how": "between", "from": "2027-01-01", "to": "2027-12-31"}, "A"),
    ({"field": "own_choice", "how": "in", "codes": ["red"]}, "A"),
    ({"field": "own_choice", "how": "in", "codes": ["red", "blue"]}, "AC"),
    ({"field": "own_several", "how": "in", "codes": ["green"]}, "BC"),
    ({"field": "own_yes_no", "how": "in", "codes": ["no"]}, "B"),
]


@pytest.mark.parametrize(("condition", "found"), ASKED)
def test_a_condition_of_each_kind_and_its_opposite(cast, four, sign_in, condition, found):
    client = sign_in(cast.wang)
    assert meant(client, cast.wang, condition) == found
    opposite = "".join(letter for letter in "ABCD" if letter not in found)
    assert meant(client, cast.wang, {**condition, "not": True}) == opposite


def test_a_colleague(cast, four, sign_in):
    condition = {"field": "own_person", "how": "in", "codes": [str(cast.li.pk)]}
    assert meant(sign_in(cast.wang), cast.wang, condition) == "C"


@pytest.mark.parametrize("code", ["1" * 5000, "²", "9" * 30])
def test_a_colleague_of_an_impossible_id_is_refused(cast, four, code):
    with pytest.raises(ValidationError):
        a_segment(cast.wang, {"field": "own_person", "how": "in", "codes": [code]})


@pytest.mark.parametrize(("kind", "found"), [("text", "CD"), ("several", "AD"), ("yes_no", "AD"), ("date", "CD")])
def test_what_is_not_known(cast, four, sign_in, kind, found):
    assert meant(sign_in(cast.wang), cast.wang, {"field": f"own_{kind}", "how": "unknown"}) == found


def test_one_that_is_read_by_a_rule_of_masking_is_asked_for_by_who_reads_it_of_everybody(cast, sign_in):
    own(cast.admin, name="Margin", readers="confidential")
    own(cast.admin, name="Badge")
    Customer.objects.create(number="A", name="Firm A", owner=cast.wang, own={"margin": "canary"})
    segment = a_segment(cast.lead, {"field": "own_margin", "how": "in", "text": "canary"}, shared=True)

    def asked(user):
        client = sign_in(user)
        listed = client.get(reverse("customer_list"), {"view": "all", "segment": segment.pk}).content.decode()
        page = client.get(reverse("segment", args=[segment.pk])).content.decode()
        return "own_margin" in may_ask(user), "Firm A" in listed, "canary" in page

    assert asked(cast.lead) == (True, True, True)
    MaskRule.objects.filter(role=cast.wang.role, field_class="confidential", relation="team").update(mode="mask")
    assert asked(User.objects.get(pk=cast.wang.pk)) == (False, False, False)
    assert "own_badge" in may_ask(cast.wang)


def test_they_are_offered_where_a_segment_is_built(cast, four, sign_in):
    page = sign_in(cast.wang).get(reverse("segment_new")).content.decode()
    assert "Own fields" in page
    assert 'value="own_choice"' in page


def test_a_segment_of_a_retired_field_says_that_it_is_gone(cast, four, sign_in):
    segment = a_segment(cast.wang, {"field": "own_choice", "how": "in", "codes": ["red"]})
    field = next(one for one in own_fields() if one.code == "choice")
    own_field_retire(row=field, by=cast.admin)
    own_fields.forget()
    page = sign_in(cast.wang).get(reverse("customer_list"), {"view": "mine", "segment": segment.pk})
    assert "Firm D" not in page.content.decode()
