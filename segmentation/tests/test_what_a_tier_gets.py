"""Privileges and offers of a tier or stage are entered once and stand where a rep works with the customer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import AuditEntry
from conftest import Cast
from core import clock
from customers.models import Customer, CustomerFacts
from segmentation.models import Tier
from segmentation.policies.models import TierPolicy
from segmentation.policies.selectors import entitled, policies
from segmentation.policies.services import policy_add, policy_change, policy_remove, policy_restore

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


def offer(cast: Cast, name: str = "Samples", **more: Any) -> TierPolicy:
    values = {"scheme": "b2b", "kind": "offer", "tier": "A", "name_en": name, "name_zh": name + "样"} | more
    return policy_add(by=cast.manager, **values)


def privilege(cast: Cast, name: str = "Priority", **more: Any) -> TierPolicy:
    return offer(cast, name, **{"kind": "privilege"} | more)


@pytest.fixture
def company(customer: Customer) -> Customer:
    """A customer of tier A who is loyal."""
    CustomerFacts.objects.update_or_create(pk=customer.pk, defaults={"tier": "A", "tier_rank": 2, "lifecycle": "loyal"})
    return Customer.objects.select_related("facts").get(pk=customer.pk)


def names(customer: Customer, days: int = 0) -> list[str]:
    policies.forget()
    return [row.name_en for row in entitled(customer, clock.business_date() + timedelta(days=days))]


def test_those_of_the_tier_and_stage_and_those_of_all(cast: Cast, company: Customer) -> None:
    offer(cast, "of all", tier="")
    offer(cast, "of loyal ones", tier="", lifecycle="loyal")
    offer(cast, "of dormant ones", tier="", lifecycle="dormant")
    offer(cast, "of A")
    offer(cast, "of B", tier="B")
    offer(cast, "of persons", scheme="b2c")
    privilege(cast, "right of all", tier="")
    privilege(cast, "right of loyal A", lifecycle="loyal")
    assert names(company) == ["right of loyal A", "right of all", "of A", "of all", "of loyal ones"]


def test_their_order_is_what_people_make_it(cast: Cast, company: Customer, sign_in: SignIn) -> None:
    first, second, third = (offer(cast, name) for name in ("one", "two", "three"))
    offer(cast, "of all", tier="")
    assert names(company) == ["one", "two", "three", "of all"]
    client = sign_in(cast.manager)
    page = "/segmentation/rules/b2b/policies/"
    for row, way, wanted in (
        (third, "up", ["one", "three", "two"]),
        (third, "up", ["three", "one", "two"]),
        (third, "up", ["three", "one", "two"]),  # it is the first
        (first, "down", ["three", "two", "one"]),
    ):
        answer = client.post(f"/segmentation/rules/policies/{row.pk}/move/{way}/")
        assert answer.headers["Location"].endswith(f"?tier=A#policy-{row.pk}")
        assert names(company) == [*wanted, "of all"]
    shown = client.get(page, {"tier": "A"})
    assert [entry.row.name_en for entry in shown.context["parts"][1].entries] == ["three", "two", "one"]
    policy_change(row=second, changes={"tier": "B"}, version=second.version, by=cast.manager)
    again = TierPolicy.objects.get(pk=second.pk)
    policy_change(row=again, changes={"tier": "A"}, version=again.version, by=cast.manager)
    assert names(company) == ["three", "one", "two", "of all"]
    assert client.post(f"/segmentation/rules/policies/{first.pk}/move/aside/").status_code == 404
    assert sign_in(cast.wang).post(f"/segmentation/rules/policies/{first.pk}/move/up/").status_code == 403
    text = b"".join(client.get(page, {"file": "csv", "table": "policies"}).streaming_content).decode("utf-8-sig")
    told = [line.split(",")[2] for line in text.splitlines()[1:]]
    assert [name.removesuffix("样") for name in told] == ["three", "one", "two", "of all"]
    assert b"".join(client.get(page, {"file": "xlsx"}).streaming_content)[:2] == b"PK"


def test_an_offer_counts_from_its_first_day_to_its_last(cast: Cast, company: Customer) -> None:
    today = clock.business_date()
    offer(cast, valid_from=today + timedelta(days=1), valid_to=today + timedelta(days=2))
    assert [bool(names(company, days)) for days in range(4)] == [False, True, True, False]


def test_what_was_removed_counts_no_more_until_it_is_brought_back(cast: Cast, company: Customer) -> None:
    row = offer(cast)
    for _ in range(2):  # twice does no harm
        policy_remove(row=row, by=cast.manager)
    assert names(company) == []
    policy_restore(row=row, by=cast.manager)
    assert names(company) == ["Samples"]
    acts = AuditEntry.objects.filter(act__startswith="tier_policy").order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["tier_policy.create", "tier_policy.remove", "tier_policy.restore"]


def test_it_is_not_brought_back_beside_another_of_its_name(cast: Cast) -> None:
    row = offer(cast)
    policy_remove(row=row, by=cast.manager)
    offer(cast)
    with pytest.raises(ValidationError) as refused:
        policy_restore(row=row, by=cast.manager)
    assert set(refused.value.message_dict) == {"name_en", "name_zh"}


TODAY = object()


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"tier": "X"}, "tier", "no tier “X”"),
        ({"lifecycle": "gone"}, "lifecycle", "no lifecycle stage “gone”"),
        ({"name_en": " "}, "name_en", "Give it a name"),
        ({"name_zh": ""}, "name_zh", "Give it a name"),
        ({"name_en": "GIFT box"}, "name_en", "called “GIFT box” here already"),
        ({"limit": 0}, "limit", "from 1 to 100 per cent"),
        ({"limit": 101}, "limit", "from 1 to 100 per cent"),
        ({"kind": "privilege", "limit": 5}, "limit", "Only offers"),
        ({"kind": "privilege", "valid_to": TODAY}, "valid_to", "Only offers"),
        ({"valid_from": TODAY, "valid_to": TODAY}, "", ""),
    ],
)
def test_what_cannot_be_is_said_at_its_field(cast: Cast, values: dict[str, Any], field: str, says: str) -> None:
    offer(cast, "Gift Box")
    given = {name: clock.business_date() if value is TODAY else value for name, value in values.items()}
    with translation.override("en"):
        if not field:
            assert offer(cast, **given).pk
            return
        with pytest.raises(ValidationError) as refused:
            offer(cast, **given)
    assert says in refused.value.message_dict[field][0]


def test_the_last_day_does_not_lie_before_the_first(cast: Cast) -> None:
    today = clock.business_date()
    row = offer(cast, valid_to=today)
    with pytest.raises(ValidationError) as refused:
        policy_change(row=row, changes={"valid_from": today + timedelta(days=1)}, version=1, by=cast.manager)
    assert list(refused.value.message_dict) == ["valid_to"]


@pytest.fixture
def manager(cast: Cast, sign_in: SignIn) -> Client:
    return sign_in(cast.manager)


def test_it_is_entered_and_changed_by_pages(cast: Cast, manager: Client) -> None:
    new = reverse("tier_policy_new", args=["b2b", "offer"])
    form = manager.get(f"{new}?tier=A").context["form"]
    assert form["tier"].value() == "A"
    values = {"tier": "A", "name_en": "Spring", "name_zh": "春季", "limit": "8", "sentence_en": "Ask for the new line."}
    values["idempotency_key"] = str(form["idempotency_key"].value())
    for _ in range(2):  # pressed twice
        made = manager.post(new, values)
        assert made.status_code == 302
        assert made.url.endswith("/segmentation/rules/b2b/policies/?tier=A")
    row = TierPolicy.objects.get()
    assert (row.limit, row.created_by, row.tier) == (8, cast.manager, "A")
    edit = reverse("tier_policy_edit", args=[row.pk])
    form = manager.get(edit).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | {"limit": "120"}
    wrong = manager.post(edit, sent)
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["limit"])
    assert manager.post(edit, sent | {"limit": "12", "tier": ""}).status_code == 302
    row.refresh_from_db()
    assert (row.limit, row.tier, row.version) == (12, "", 2)
    old = manager.post(edit, sent | {"limit": "15"})  # over what somebody else changed meanwhile
    assert old.status_code == 409


def test_a_privilege_has_neither_discount_nor_days(cast: Cast, manager: Client) -> None:
    form = manager.get(reverse("tier_policy_new", args=["b2b", "privilege"])).context["form"]
    assert "limit" not in form.fields
    assert "valid_to" not in form.fields
    assert manager.get(reverse("tier_policy_new", args=["b2b", "luck"])).status_code == 404
    assert manager.get(reverse("tier_policy_new", args=["x", "offer"])).status_code == 404


def test_one_page_shows_plan_privileges_and_offers_of_a_tier(cast: Cast, manager: Client) -> None:
    offer(cast, "Autumn", limit=8, valid_to=clock.business_date() - timedelta(days=1))
    privilege(cast, "Priority line", tier="", sentence_en="Put them through at once.")
    home = reverse("tier_policies", args=["b2b"])
    text = manager.get(f"{home}?tier=A").content.decode()
    assert "up to 8% discount" in text.lower()
    assert "over" in text
    assert "Put them through at once." in text
    assert "Long-term customer" in text
    assert reverse("plan_settings") in text
    assert "Autumn" not in manager.get(home).content.decode()
    assert manager.get(f"{home}?tier=nonsense").status_code == 200
    assert manager.get(reverse("tier_policies", args=["x"])).status_code == 404


def test_what_is_said_of_a_tier_that_went_rests(cast: Cast, manager: Client) -> None:
    offer(cast, tier="S")
    Tier.objects.filter(scheme="b2b", code="S").update(in_use=False)
    assert "rests" in manager.get(reverse("tier_policies", args=["b2b"]) + "?tier=S").content.decode()


def test_the_page_is_read_by_a_rep_and_changed_by_nobody_but_who_may(cast: Cast, sign_in: SignIn) -> None:
    row, client = offer(cast), sign_in(cast.wang)
    text = client.get(reverse("tier_policies", args=["b2b"]) + "?tier=A").content.decode()
    assert "Samples" in text
    assert reverse("tier_policy_edit", args=[row.pk]) not in text
    assert client.post(reverse("tier_policy_remove", args=[row.pk])).status_code == 403


@pytest.mark.parametrize("page", ["customer", "customer_briefing"])
def test_the_rep_reads_it_on_the_customers_page_and_in_the_briefing(
    cast: Cast, company: Customer, sign_in: SignIn, page: str
) -> None:
    until = clock.business_date() + timedelta(days=3)
    offer(cast, "Samples of spring", limit=8, valid_to=until, sentence_en="Bring three colours.")
    policies.forget()
    text = sign_in(cast.wang).get(reverse(page, args=[company.pk])).content.decode()
    assert "Samples of spring" in text
    assert "up to 8% discount" in text
    assert "Bring three colours." in text
    TierPolicy.objects.update(tier="B")
    policies.forget()
    assert "Samples of spring" not in sign_in(cast.wang).get(reverse(page, args=[company.pk])).content.decode()


def test_a_sentence_in_one_language_serves_both(cast: Cast) -> None:
    row = offer(cast, sentence_zh="带三种颜色。")
    with translation.override("en"):
        assert row.sentence == "带三种颜色。"
    row.sentence_en = "Three colours."
    with translation.override("zh-hans"):
        assert row.sentence == "带三种颜色。"
