"""Rules and weights ask for entries of the company's catalogues: what is merged is followed, what is retired stays."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from conftest import Cast
from customers.models import Customer, CustomerFacts, Industry, MarketStanding
from customers.services.catalogues import entry_add, entry_merge, entry_retire
from segmentation import night, tiers
from segmentation.entries import ENTRIES
from segmentation.models import RuleSet, ScoreInterval
from segmentation.now.reckoning import score_now
from segmentation.rules import draft
from segmentation.rules.criteria import definition_in_words, weights_in_words
from segmentation.rules.ready_made import templates_for
from segmentation.rules.set_form import RuleSetForm
from segmentation.selectors import definition_of
from segmentation.tests.test_a_rule_set_comes_into_force import company, effective, publish  # noqa: F401
from segmentation.tests.test_whom_a_night_computes import DAY, travel  # noqa: F401
from segmentation.tiers import Condition, Definition, Rule, Threshold, Weight

pytestmark = pytest.mark.django_db
TEXTILES_OR_FOOD = Condition("industry", codes=("textiles", "food"))
BY_INDUSTRY = Definition(("A", "B"), (Rule("A", (TEXTILES_OR_FOOD,)), Rule("B")))
# The second one looks at a score that is made after r, f and m as well.
SETS = {
    "b2b": Definition(
        ("A", "B", "C"),
        (
            Rule("A", (TEXTILES_OR_FOOD, Condition("market_standing", codes=("leader",)))),
            Rule("B", (Condition("company_size", codes=("250-999", "1000-plus")),)),
            Rule("C"),
        ),
    ),
    "b2c": Definition(
        ("A", "B", "C"),
        weights=(
            Weight("f", 40),
            Weight("potential", 20),
            Weight("industry", 40, (("food", 100), ("textiles", 50))),
        ),
        thresholds=(Threshold("A", 60), Threshold("B", 30), Threshold("C")),
    ),
}


def industry(code: str) -> Industry:
    return Industry.objects.get(code=code)


def entries_given() -> None:
    """Some entries, or none, in every file."""
    chance = random.Random(5)
    rows = {of: [None, *model.rows().order_by("pk")[:4]] for of, model in ENTRIES.items()}
    rows["industry"] = [None, industry("textiles"), industry("food"), industry("retail")]
    for customer in Customer.all_objects.all():
        Customer.all_objects.filter(pk=customer.pk).update(**{of: chance.choice(some) for of, some in rows.items()})


def in_force(definition: Definition, by: Any, day: date, scheme: str = "b2b") -> RuleSet:
    row = publish(definition, by, scheme=scheme)
    effective(row, day)
    return row


def test_the_night_and_the_score_of_now_say_what_the_pure_rules_say(cast: Cast, company: date) -> None:  # noqa: F811
    entries_given()
    for scheme, definition in SETS.items():
        in_force(definition, cast.admin, company, scheme)
    night.rescore(company)
    for row in ScoreInterval.objects.filter(valid_to=None).select_related("customer__facts"):
        customer, values = row.customer, None
        if row.r:
            values = {"f": row.f, "potential": customer.facts.potential}
            values |= {of: entry.code for of in ENTRIES if (entry := getattr(customer, of))}
        assert row.tier == tiers.tier_of(SETS[row.tier_scheme], values), customer.number
        now = score_now(customer, company)
        assert now is not None
        assert now.tier == row.tier
    found = set(ScoreInterval.objects.filter(valid_to=None).values_list("tier_scheme", "tier"))
    assert {(scheme, tier) for scheme in SETS for tier in "ABC"} <= found


def test_a_night_of_few_sees_who_got_another_industry_and_what_was_merged(cast: Cast, travel: Any) -> None:  # noqa: F811
    in_force(BY_INDUSTRY, cast.admin, DAY)
    night.rescore()
    first, second = Customer.objects.filter(kind="company", facts__r__isnull=False).order_by("pk")[:2]
    assert {facts.tier for facts in CustomerFacts.objects.filter(pk__in=[first.pk, second.pk])} == {"B"}
    Customer.objects.filter(pk=first.pk).update(industry=industry("food"))
    Customer.objects.filter(pk=second.pk).update(industry=industry("retail"))
    assert night.rescore()["looked_at"] == 2
    assert [CustomerFacts.objects.get(pk=one.pk).tier for one in (first, second)] == ["A", "B"]
    entry_merge(row=industry("retail"), into=industry("textiles"), by=cast.admin)
    night.rescore()
    assert CustomerFacts.objects.get(pk=second.pk).tier == "A"


def test_a_version_keeps_its_codes_and_means_what_they_have_become(cast: Cast, company: date) -> None:  # noqa: F811
    row = in_force(BY_INDUSTRY, cast.admin, company)
    kept = entry_add(Industry, name_en="Cloth", name_zh="布料", by=cast.admin)
    Customer.objects.filter(kind="company").update(industry=industry("textiles"))
    entry_merge(row=industry("textiles"), into=kept, by=cast.admin)
    row.refresh_from_db()
    assert row.definition["rules"][0]["all"][0]["codes"] == ["textiles", "food"]
    assert definition_of(row).rules[0].all[0].codes == (kept.code, "food")
    night.rescore(company)
    assert set(CustomerFacts.objects.filter(customer__kind="company").values_list("tier", flat=True)) <= {
        "A",
        "unrated",
    }


def test_a_retired_entry_still_says_what_it_said(cast: Cast, company: date) -> None:  # noqa: F811
    row = in_force(BY_INDUSTRY, cast.admin, company)
    entry_retire(row=industry("textiles"), by=cast.admin)
    assert definition_of(row) == BY_INDUSTRY
    assert in_force(BY_INDUSTRY, cast.admin, company).number == 3  # it can be published once more


def test_points_of_entries_that_became_one(cast: Cast) -> None:
    def points(*said: tuple[str, int]) -> tuple[tuple[str, int], ...]:
        definition = Definition(("A",), weights=(Weight("industry", 100, said),), thresholds=(Threshold("A"),))
        into = {"industry": {"old": "new", "older": "new"}}
        return tiers.followed(definition, into).weights[0].points

    assert points(("new", 30), ("old", 80)) == (("new", 30),)  # what is said of the one itself counts
    assert points(("old", 20), ("older", 60), ("other", 5)) == (("new", 60), ("other", 5))
    assert points(("other", 5)) == (("other", 5),)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "industry is one of Textiles and clothing, Food and drink; market standing is Leader"),
        ("zh-hans", "行业为以下之一：纺织服装、食品饮料；市场地位为领先者"),
    ],
)
def test_it_is_said_in_words(defaults: None, language: str, said: str) -> None:
    standing = Condition("market_standing", codes=("leader",))
    definition = Definition(("A", "B"), (Rule("A", (TEXTILES_OR_FOOD, standing)), Rule("B")))
    with translation.override(language):
        assert definition_in_words(definition)[0] == ("A", said)


def test_points_are_said_in_words_the_most_first(defaults: None) -> None:
    with translation.override("en"):
        said = weights_in_words(SETS["b2c"])
    assert said == "F 40, potential 20, industry 40 (Food and drink 100, Textiles and clothing 50)"


def shown(definition: Definition) -> RuleSetForm:
    looks = templates_for("b2b")["key"].looks
    looks |= {"A": looks["K"], "B": looks["O"]}
    return RuleSetForm(draft.typed_from(definition, looks, str), {}, checked=True)


def test_the_form_offers_those_in_use_and_what_was_chosen_before(cast: Cast) -> None:
    entry_retire(row=industry("textiles"), by=cast.admin)
    entry_retire(row=industry("retail"), by=cast.admin)
    form = shown(BY_INDUSTRY)
    offered = dict(form.fields["r0-c0-codes"].choices)
    assert offered["textiles"] == "Textiles and clothing (not offered any more)"
    assert "retail" not in offered
    assert offered["food"] == "Food and drink"
    assert form.is_valid(), form.errors


def test_a_draft_that_names_a_merged_entry_is_still_a_draft(cast: Cast) -> None:
    entry_merge(row=industry("textiles"), into=industry("food"), by=cast.admin)
    form = shown(BY_INDUSTRY)
    assert form.is_valid(), form.errors
    assert form.read is not None
    assert form.read.definition == BY_INDUSTRY


def test_a_catalogue_without_entries_is_not_asked_for(cast: Cast) -> None:
    MarketStanding.objects.all().delete()
    assert "market_standing" not in shown(BY_INDUSTRY).criteria()
    assert "standing" not in templates_for("b2b")


def test_points_of_entries_are_typed_and_read(cast: Cast) -> None:
    made = templates_for("b2b")["standing"]
    assert dict(made.definition.weights[2].points)["1000-plus"] == 100
    assert dict(made.definition.weights[3].points) == {"leader": 100, "challenger": 75, "follower": 50, "niche": 25}
    typed = draft.typed_from(made.definition, made.looks, str)
    typed["points"]["company_size"]["1-9"] = "many"
    form = RuleSetForm(typed, {}, checked=True)
    assert not form.is_valid()
    assert form.errors["p-company_size-1-9"] == ["Enter a number."]
