"""The next version of a scheme's rules is typed as a draft, button by button, and published with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from conftest import Cast
from core import clock
from customers.models import Customer, CustomerFacts
from segmentation import services, tiers
from segmentation.models import RuleDraft, RuleSet, Tier
from segmentation.rules import draft
from segmentation.rules.ready_made import HIGH_MID_LOW, Template, templates_for
from segmentation.rules.services import rule_set_publish
from segmentation.rules.set_form import RuleSetForm, _flat, read_amount, show_amount
from segmentation.selectors import definition_of
from segmentation.tiers import Condition, Definition, Rule, box

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
EDIT = "/segmentation/rules/b2b/edit/"
PUBLISH = "/segmentation/rules/b2b/publish/"


BY_ENTRIES = Template(
    "by entries",
    Definition(
        ("A", "B"),
        (
            Rule("A", (Condition("industry", codes=("textiles", "food")), Condition("company_size", codes=("1-9",)))),
            Rule("B"),
        ),
    ),
    HIGH_MID_LOW.looks | {"A": HIGH_MID_LOW.looks["H"], "B": HIGH_MID_LOW.looks["L"]},
)


def sent(typed: draft.Typed, act: str, version: int = 0, **more: str) -> dict[str, Any]:
    return {**_flat(typed), "by": typed["by"], "act": act, "version": str(version), **more}


def own(user: User) -> RuleDraft:
    return RuleDraft.objects.get(scheme="b2b", user=user)


@pytest.fixture
def manager(cast: Cast, sign_in: SignIn) -> Client:
    client = sign_in(cast.manager)
    client.cookies["django_language"] = "en"
    return client


def begin(client: Client, user: User) -> draft.Typed:
    """A draft as the page begins it."""
    page = client.get(EDIT)
    client.post(EDIT, sent(page.context["form"].typed, "save"))
    typed: draft.Typed = own(user).typed
    return typed


@pytest.mark.parametrize("scheme", tiers.SCHEMES)
@pytest.mark.parametrize("template", ["shipped", "key", "high", "standing"])
def test_what_is_shown_is_read_back_as_it_was(defaults: None, scheme: str, template: str) -> None:
    made = templates_for(scheme).get(template) or BY_ENTRIES
    typed = draft.typed_from(made.definition, made.looks, show_amount)
    query = QueryDict(mutable=True)
    for name, values in {**_flat(typed), "by": [typed["by"]]}.items():
        query.setlist(name, [str(value) for value in values])
    again = draft.typed_in(query)
    assert draft.read(again, read_amount).definition == made.definition
    assert RuleSetForm(again, {}, checked=True).is_valid()


def test_amounts_are_typed_in_money_and_kept_in_minor_units(cast: Cast) -> None:
    asked = Definition(("A", "B"), (Rule("A", (Condition("amount", low=1_250_050),)), Rule("B")))
    typed = draft.typed_from(asked, templates_for("b2b")["shipped"].looks, show_amount)
    assert typed["rules"][0]["all"][0]["min"] == "12500.5"
    assert draft.read(typed, read_amount).definition == asked


def test_the_page_begins_with_the_rules_that_count(cast: Cast, manager: Client) -> None:
    typed = begin(manager, cast.manager)
    assert draft.read(typed, read_amount).definition == tiers.DEFAULTS["b2b"]
    assert own(cast.manager).base == 1


@pytest.mark.parametrize("text", ["5²", "²", "9" * 500, "9" * 4400])
def test_a_draft_with_signs_that_are_no_number_opens_and_says_so(cast: Cast, manager: Client, text: str) -> None:
    typed = begin(manager, cast.manager) | {"by": tiers.POINTS, "weights": {"potential": text}}
    typed["tiers"] = [{**row, "from": text, "slot": ""} for row in typed["tiers"]]
    RuleDraft.objects.filter(user=cast.manager).update(typed=typed)
    form = manager.get(EDIT).context["form"]
    assert "Enter a number." in form.errors["w-potential"]
    assert "Enter a number." in form.errors["t0-from"]


@pytest.mark.parametrize("act", ["tier:up:²", "rule:remove:" + "9" * 4400, "condition:add:²:potential"])
def test_a_button_that_names_no_place_does_nothing(cast: Cast, manager: Client, act: str) -> None:
    typed = begin(manager, cast.manager)
    manager.post(EDIT, sent(typed, act, own(cast.manager).version))
    assert own(cast.manager).typed == typed


@pytest.mark.parametrize(
    ("act", "rules", "codes"),
    [
        ("tier:add", "SAB", "SABCD"),
        ("tier:remove:1", "SAB", "SBC"),
        ("tier:up:1", "SAB", "ASBC"),
        ("rule:down:0", "ASB", "SABC"),
        ("rule:remove:2", "SA", "SABC"),
        ("rule:add", "SABS", "SABC"),
        ("rule:up:0", "SAB", "SABC"),  # already the first
        ("tier:remove:99", "SAB", "SABC"),
        ("nonsense", "SAB", "SABC"),
    ],
)
def test_a_button_changes_the_shape_and_keeps_the_rest(
    cast: Cast, manager: Client, act: str, rules: str, codes: str
) -> None:
    typed = begin(manager, cast.manager)
    typed["tiers"][0]["name_en"] = "Crown jewels"
    assert manager.post(EDIT, sent(typed, act, 1)).status_code == 302
    kept = own(cast.manager).typed
    assert "".join(rule["tier"] for rule in kept["rules"]) == rules
    assert "".join(row["code"] for row in kept["tiers"]) == codes
    assert "Crown jewels" in [row["name_en"] for row in kept["tiers"]]


def test_a_condition_is_added_and_taken_away(cast: Cast, manager: Client) -> None:
    typed = begin(manager, cast.manager)
    manager.post(EDIT, sent(typed, "ask:1", 1, ask1="loyalty"))
    typed = own(cast.manager).typed
    assert [one["of"] for one in typed["rules"][1]["all"]] == ["f", "m", "loyalty"]
    assert "buys and recommends" in manager.get(EDIT).content.decode().lower()
    manager.post(EDIT, sent(typed, "condition:remove:1:0", 2))
    assert [one["of"] for one in own(cast.manager).typed["rules"][1]["all"]] == ["m", "loyalty"]


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(cast: Cast, manager: Client) -> None:
    typed = begin(manager, cast.manager)
    typed["rules"][0]["all"][0]["min"] = "many"
    page = manager.post(EDIT, sent(typed, "next", 1))
    assert page.status_code == 422
    assert page.context["form"].errors["r0-c0-min"] == ["Enter a number."]
    typed["rules"][0]["all"][0]["min"] = "7"
    typed["tiers"][0]["name_en"] = " "
    page = manager.post(EDIT, sent(typed, "next", 2))
    assert set(page.context["form"].errors) == {"r0-c0-min", "t0-name_en"}
    assert 'value="7"' in page.content.decode()
    assert own(cast.manager).typed["rules"][0]["all"][0]["min"] == "7"


def test_it_is_published_with_a_reason_and_a_day(cast: Cast, manager: Client) -> None:
    typed = begin(manager, cast.manager)
    typed["rules"][1]["all"][0]["min"] = "3"
    typed["tiers"][1] |= {"name_en": "Important", "letter": "重"}
    assert manager.post(EDIT, sent(typed, "next", 1)).url == PUBLISH
    page = manager.get(PUBLISH)
    assert "F 3–5" in page.content.decode()
    form = page.context["form"]
    values = {"reason": "quieter market", "effective_on": clock.business_date().isoformat(), "over": "1"}
    values["idempotency_key"] = str(form["idempotency_key"].value())
    for _ in range(2):  # pressed twice
        assert manager.post(PUBLISH, values).status_code == 302 or RuleSet.objects.filter(scheme="b2b").count() == 2
    row = RuleSet.objects.get(scheme="b2b", number=2)
    assert (row.reason, row.created_by) == ("quieter market", cast.manager)
    assert definition_of(row).rules[1] == box("A", f=(3, 5), m=(4, 5))
    assert not RuleDraft.objects.exists()
    tier = Tier.objects.get(scheme="b2b", code="A")
    assert (tier.name_en, tier.letter, tier.in_use) == ("Important", "重", True)


def test_a_publication_of_somebody_else_meanwhile_is_asked_about(cast: Cast, manager: Client) -> None:
    typed = begin(manager, cast.manager)
    manager.post(EDIT, sent(typed, "next", 1))
    other = Definition(("A", "B"), (box("A", m=(4, 5)), Rule("B")))
    today = clock.business_date()
    rule_set_publish(scheme="b2b", definition=other, reason="mine first", effective_on=today, by=cast.admin)
    assert "was published since this draft was begun" in manager.get(EDIT).content.decode()
    values = {"reason": "second", "effective_on": today.isoformat(), "over": "1"}
    page = manager.post(PUBLISH, values)
    assert "mine first" in page.content.decode()
    assert not RuleSet.objects.filter(number=3).exists()
    manager.post(PUBLISH, {**values, "over": "2"})
    assert RuleSet.objects.get(scheme="b2b", number=3).reason == "second"


def test_two_windows_of_one_person_lose_nothing(cast: Cast, manager: Client) -> None:
    typed = begin(manager, cast.manager)
    manager.post(EDIT, sent(typed, "rule:add", 1))
    typed["rest"] = "B"
    page = manager.post(EDIT, sent(typed, "save", 1))
    assert page.status_code == 409
    assert page.context["form"].typed["rest"] == "B"
    assert own(cast.manager).typed["rest"] == "C"
    manager.post(EDIT, sent(typed, "save", int(page.context["version"])))
    assert own(cast.manager).typed["rest"] == "B"


def test_what_goes_is_named_with_who_holds_it(cast: Cast, manager: Client, customer: Customer) -> None:
    CustomerFacts.objects.update_or_create(pk=customer.pk, defaults={"tier": "A", "tier_rank": 2})
    until = clock.business_date() + timedelta(days=9)
    services.tier_override(customer=customer, tier="S", reason="x", until=until, by=cast.manager)
    typed = begin(manager, cast.manager)
    manager.post(EDIT, sent(typed, "template:key", 1))
    manager.post(EDIT, sent(own(cast.manager).typed, "next", 2))
    going = {one.tier.code: (one.customers, one.by_hand) for one in manager.get(PUBLISH).context["going"]}
    assert going == {"A": (0, 0), "B": (0, 0), "C": (0, 0), "S": (1, 1)}


def test_tiers_that_overlap_are_marked_on_a_number_line(cast: Cast, manager: Client) -> None:
    typed = begin(manager, cast.manager)
    assert manager.get(EDIT).context["form"].scale() == ""  # by rules there is none
    manager.post(EDIT, sent(typed, "template:high", 1))
    kept = own(cast.manager).typed
    shown = manager.get(EDIT).context["form"].scale()
    assert ("75" in shown, "clash" in shown) == (True, False)
    kept["tiers"][1]["from"] = "80"
    page = manager.post(EDIT, sent(kept, "next", 2))
    assert page.status_code == 422
    assert "clash" in page.context["form"].scale()
    assert page.context["form"].errors["t1-from"] == [
        "It must lie below the tier above, 75 points: else nobody comes here."
    ]
    kept["tiers"][1]["from"] = "many"
    page = manager.post(EDIT, sent(kept, "next", 3))
    assert "clash" not in page.context["form"].scale()


def test_conditions_stand_on_number_lines(cast: Cast, manager: Client) -> None:
    typed = begin(manager, cast.manager)
    lines = {line.name: line for line in manager.get(EDIT).context["form"].lines()}
    assert [name[0] for name in lines] == ["R", "F", "M"]
    said = next(line for name, line in lines.items() if name[0] == "F").sentences
    assert any("5: rules 1 and 2 overlap; rule 1 is asked first." in one for one in said)
    assert any(one.startswith("1–3: no rule names these values") for one in said)
    assert not any(line.wrong for line in lines.values())
    typed["rules"][0]["all"][0] |= {"min": "5", "max": "4"}
    page = manager.post(EDIT, sent(typed, "next", 1))
    assert page.status_code == 422
    wrong = [line for line in page.context["form"].lines() if line.wrong]
    assert len(wrong) == 1
    assert "clash" in wrong[0].drawn
    assert any("Nobody can meet that." in one for one in wrong[0].sentences)
    typed["rules"][0]["all"][0]["min"] = "many"  # what can't be read is left out
    assert not any(line.wrong for line in manager.post(EDIT, sent(typed, "next", 2)).context["form"].lines())


def test_a_draft_is_thrown_away(cast: Cast, manager: Client) -> None:
    typed = begin(manager, cast.manager)
    assert manager.post(EDIT, sent(typed, "drop", 1)).url == reverse("tier_rules")
    assert not RuleDraft.objects.exists()
    assert manager.get(PUBLISH).status_code == 404


def test_a_version_is_rolled_back_to_and_one_to_come_withdrawn(cast: Cast, manager: Client) -> None:
    other = Definition(("A", "B"), (box("A", m=(4, 5)), Rule("B")))
    day = clock.business_date() + timedelta(days=5)
    row = rule_set_publish(scheme="b2b", definition=other, reason="try", effective_on=day, by=cast.admin)
    shown = manager.get("/segmentation/rules/b2b/versions/").content.decode()
    assert "try" in shown
    assert "M 4–5" in shown
    assert manager.post(f"/segmentation/rules/versions/{row.pk}/withdraw/").status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_by == cast.manager
    first = RuleSet.objects.get(scheme="b2b", number=1)
    back = f"/segmentation/rules/versions/{first.pk}/back/"
    assert manager.get(back).context["form"]["reason"].value() == "Back to version 1"
    values = {"reason": "better", "effective_on": clock.business_date().isoformat(), "over": "2"}
    manager.post(back, values)
    again = RuleSet.objects.get(scheme="b2b", number=3)
    assert (again.copied_from, definition_of(again)) == (1, tiers.DEFAULTS["b2b"])


@pytest.mark.parametrize("path", [EDIT, PUBLISH, "/segmentation/rules/b2b/versions/"])
def test_a_rep_reads_the_versions_and_changes_nothing(cast: Cast, sign_in: SignIn, path: str) -> None:
    status = sign_in(cast.wang).get(path).status_code
    assert status == (200 if "versions" in path else 403)


def test_there_are_two_schemes(manager: Client) -> None:
    assert manager.get("/segmentation/rules/other/edit/").status_code == 404


def test_the_language_of_the_choices_is_the_readers(cast: Cast) -> None:
    made = templates_for("b2b")["key"]
    form = RuleSetForm(draft.typed_from(made.definition, made.looks, show_amount), {}, checked=False)
    with translation.override("zh-hans"):
        assert ("K", "重要") in form._tiers
