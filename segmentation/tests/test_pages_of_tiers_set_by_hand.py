"""Setting a tier by hand from a customer's page, its card there, the list of all of them, the API and the notices."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, User
from conftest import Cast
from core import clock
from core.versions import StaleVersionError
from customers.models import Customer, CustomerFacts
from followups.models import Notice
from segmentation import services
from segmentation.by_hand.telling import TIER_ENDS, ends_told
from segmentation.models import TierOverride


@pytest.fixture
def page(customer: Customer) -> str:
    return reverse("customer", args=[customer.pk])


@pytest.fixture
def form(customer: Customer) -> str:
    return f"{reverse('tier_by_hand')}?customer={customer.pk}"


def set_tier(customer: Customer, by: User, days: int = 30, tier: str = "S") -> TierOverride:
    until = clock.business_date() + timedelta(days=days)
    return services.tier_override(customer=customer, tier=tier, reason="strategic account", until=until, by=by)


def tier_of(customer: Customer) -> str:
    return CustomerFacts.objects.get(customer=customer).tier


# --- the customer's page ----------------------------------------------------------------------------------------------
def test_three_taps_set_it_and_one_ends_it(cast: Cast, customer: Customer, sign_in: Any, page: str, form: str) -> None:
    browser = sign_in(cast.manager)
    assert form in browser.get(page).content.decode()
    asked = browser.get(form).content.decode()
    assert re.findall(r'name="tier" value="(\w+)"', asked) == ["S", "A", "B", "C"]  # those of companies
    sent = browser.post(form, {"tier": "S", "ends": "3", "reason": "key account"}, follow=True)
    shown = sent.content.decode()
    assert "Tier set by hand" in shown
    assert "key account" in shown
    assert tier_of(customer) == "S"
    ended = browser.post(reverse("tier_by_hand_end", args=[customer.pk]), follow=True).content.decode()
    assert "shows the rated tier again" in ended
    assert "<h2>Tier set by hand</h2>" not in ended
    assert tier_of(customer) == "unrated"
    assert set(AuditEntry.objects.values_list("act", flat=True)) >= {"tier.override", "tier.override_end"}


def test_the_undo_of_the_toast_takes_it_back(cast: Cast, customer: Customer, sign_in: Any, form: str) -> None:
    browser = sign_in(cast.manager)
    undo = reverse("tier_by_hand_undo", args=[customer.pk])
    answer = browser.post(form, {"tier": "S", "ends": "6", "reason": "key account"}, follow=True)
    assert undo in answer.content.decode()
    browser.post(undo)
    assert tier_of(customer) == "unrated"
    assert "can&#x27;t be undone" in browser.post(undo, follow=True).content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"tier": "", "ends": "3", "reason": "x"}, "Choose the tier."),
        ({"tier": "S", "ends": "3", "reason": ""}, "Say why"),
        ({"tier": "S", "ends": "day", "reason": "x"}, "Choose the last day"),
        ({"tier": "S", "ends": "day", "until": "2020-01-01", "reason": "x"}, "lies in the past"),
        ({"tier": "S", "ends": "day", "until": "2199-01-01", "reason": "x"}, "at most two years"),
    ],
)
def test_odd_entries_are_said_beside_their_field(
    cast: Cast, customer: Customer, sign_in: Any, form: str, data: dict[str, str], words: str
) -> None:
    answer = sign_in(cast.manager).post(form, data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not TierOverride.objects.exists()


def test_who_only_sees_it_reads_why_and_changes_nothing(
    cast: Cast, customer: Customer, sign_in: Any, page: str, form: str
) -> None:
    set_tier(customer, cast.manager)
    browser = sign_in(cast.wang)
    shown = browser.get(page).content.decode()
    assert "strategic account" in shown
    assert "Show the rated tier" not in shown
    assert form not in shown
    assert browser.get(form).status_code == 403
    assert browser.post(reverse("tier_by_hand_end", args=[customer.pk])).status_code == 403


def test_an_expired_one_is_no_card_any_more(cast: Cast, customer: Customer, sign_in: Any, page: str) -> None:
    set_tier(customer, cast.manager)
    TierOverride.objects.update(expires_on=clock.business_date() - timedelta(days=1))
    assert "strategic account</q>" not in sign_in(cast.manager).get(page).content.decode()


def test_the_history_says_who_set_it_why_and_who_ended_it(cast: Cast, customer: Customer, sign_in: Any) -> None:
    set_tier(customer, cast.manager)
    services.tier_override_end(customer=customer, by=cast.admin)
    set_tier(customer, cast.manager, tier="A")
    services.tier_override_undo(customer=customer, by=cast.manager)
    shown = sign_in(cast.wang).get(reverse("customer", args=[customer.pk]), {"tab": "changes"}).content.decode()
    assert shown.count("Tier set by hand: ") == 1
    assert shown.count("Ended by hand") == 1
    assert cast.admin.name in shown


# --- the list ---------------------------------------------------------------------------------------------------------
def test_the_list_has_those_in_force_those_that_end_soon_and_those_over(
    cast: Cast, customer: Customer, sign_in: Any
) -> None:
    other = Customer.objects.create(number="K2", kind="person", name="李四", owner=cast.wang, team=cast.shanghai)
    third = Customer.objects.create(number="K3", kind="person", name="王五", owner=cast.wang, team=cast.shanghai)
    set_tier(customer, cast.manager, days=200)
    set_tier(other, cast.manager, days=10, tier="A")
    set_tier(third, cast.manager, days=10, tier="A")
    services.tier_override_end(customer=third, by=cast.manager)
    browser, url = sign_in(cast.manager), reverse("tiers_by_hand")

    for asked, there in (
        ({}, ("恒远机械", "李四")),
        ({"view": "soon"}, ("李四",)),
        ({"view": "over"}, ("王五",)),
        ({"tier": "S"}, ("恒远机械",)),
        ({"by": cast.manager.pk}, ("恒远机械", "李四")),
        ({"by": cast.admin.pk}, ()),
    ):
        text = browser.get(url, asked).content.decode()
        assert {name for name in ("恒远机械", "李四", "王五") if name in text} == set(there), asked


def test_reps_see_their_own_and_the_dashboard_leads_there(cast: Cast, customer: Customer, sign_in: Any) -> None:
    set_tier(customer, cast.manager)
    url = reverse("tiers_by_hand")
    assert "恒远机械" in sign_in(cast.wang).get(url).content.decode()
    assert "恒远机械" not in sign_in(cast.outsider).get(url).content.decode()
    assert url in sign_in(cast.manager).get(reverse("segmentation")).content.decode()


def test_the_list_goes_out_as_a_file(cast: Cast, customer: Customer, sign_in: Any) -> None:
    set_tier(customer, cast.manager)
    asked = {"reason": "for the year's talk", "file": "csv"}
    answer = sign_in(cast.manager).post(reverse("tiers_by_hand_export"), asked)
    text = b"".join(answer.streaming_content).decode("utf-8-sig") if answer.streaming else answer.content.decode()
    assert "strategic account" in text
    assert AuditEntry.objects.filter(act="tier_override.export").count() == 1


def test_over_a_tier_that_somebody_set_meanwhile_the_person_decides(
    cast: Cast, customer: Customer, sign_in: Any, form: str
) -> None:
    browser = sign_in(cast.manager)
    opened = browser.get(form).context["form"]["over"].value()
    theirs = set_tier(customer, cast.admin, tier="A")
    sent = {"tier": "S", "ends": "3", "reason": "key account", "over": opened}
    asked = browser.post(form, sent)
    assert asked.status_code == 422
    assert f"Meanwhile {cast.admin.name} has set tier A" in asked.content.decode()
    assert f'name="over" value="{theirs.pk}"' in asked.content.decode()
    assert tier_of(customer) == "A"
    for _press in range(2):
        assert browser.post(form, sent | {"over": theirs.pk}).status_code == 302
    assert (tier_of(customer), TierOverride.objects.filter(ended_at=None).get().by) == ("S", cast.manager)
    ours = TierOverride.objects.get(ended_at=None)
    services.tier_override_end(customer=customer, by=cast.admin)
    ended = browser.post(form, sent | {"over": ours.pk})
    assert "has been ended meanwhile" in ended.content.decode()
    assert 'name="over" value="0"' in ended.content.decode()


def test_the_service_sets_nothing_over_a_tier_not_seen(cast: Cast, customer: Customer) -> None:
    set_tier(customer, cast.admin, tier="A")
    until = clock.business_date() + timedelta(days=3)
    with pytest.raises(StaleVersionError):
        services.tier_override(customer=customer, tier="S", reason="x", until=until, by=cast.manager, over=0)
    TierOverride.objects.update(expires_on=clock.business_date() - timedelta(days=1))  # over: nothing stands
    services.tier_override(customer=customer, tier="S", reason="x", until=until, by=cast.manager, over=0)
    assert tier_of(customer) == "S"


# --- the API ----------------------------------------------------------------------------------------------------------
def test_the_api_sets_reads_and_ends(cast: Cast, customer: Customer, sign_in: Any) -> None:
    browser, until = sign_in(cast.manager), clock.business_date() + timedelta(days=30)
    body = {"customer": customer.pk, "tier": "S", "reason": "key account", "expires_on": until.isoformat()}
    made = browser.post("/api/v1/tier-overrides/", body, content_type="application/json")
    assert made.status_code == 201, made.content
    assert made.json()["by"] == cast.manager.pk
    url = f"/api/v1/tier-overrides/{made.json()['id']}/"
    assert [row["tier"] for row in browser.get("/api/v1/tier-overrides/?in_force=true").json()["results"]] == ["S"]
    tag = browser.get(url).headers["ETag"]
    assert browser.delete(url).status_code == 428
    assert browser.delete(url, headers={"If-Match": tag}).status_code == 204
    assert tier_of(customer) == "unrated"
    assert browser.delete(url, headers={"If-Match": browser.get(url).headers["ETag"]}).status_code == 409


def test_the_api_replaces_the_tier_that_it_names(cast: Cast, customer: Customer, sign_in: Any) -> None:
    theirs, until = set_tier(customer, cast.admin, tier="A"), clock.business_date() + timedelta(days=30)
    body = {"customer": customer.pk, "tier": "S", "reason": "key account", "expires_on": until.isoformat()}
    browser, url = sign_in(cast.manager), "/api/v1/tier-overrides/"
    refused = browser.post(url, body, content_type="application/json")
    assert refused.status_code == 409
    assert f"{cast.admin.name} has set tier A" in refused.json()["detail"]
    assert f"replaces: {theirs.pk}." in refused.json()["detail"]
    assert browser.post(url, body | {"replaces": theirs.pk}, content_type="application/json").status_code == 201
    assert browser.post(url, body | {"replaces": theirs.pk}, content_type="application/json").status_code == 201
    assert tier_of(customer) == "S"


def test_the_api_refuses_by_field_and_by_right(cast: Cast, customer: Customer, sign_in: Any) -> None:
    body = {"customer": customer.pk, "tier": "D", "reason": "key account", "expires_on": "2020-01-01"}
    browser = sign_in(cast.manager)
    wrong = browser.post("/api/v1/tier-overrides/", body, content_type="application/json")
    assert list(wrong.json()["errors"]) == ["tier"]
    wrong = browser.post("/api/v1/tier-overrides/", body | {"tier": "S"}, content_type="application/json")
    assert list(wrong.json()["errors"]) == ["expires_on"]
    denied = sign_in(cast.wang).post("/api/v1/tier-overrides/", body, content_type="application/json")
    assert denied.status_code == 403


# --- the notice -------------------------------------------------------------------------------------------------------
def test_a_week_before_the_owner_and_who_set_it_hear_of_it_once(cast: Cast, customer: Customer) -> None:
    row = set_tier(customer, cast.manager, days=8)
    ends_told(clock.last_ended_day())
    assert not Notice.objects.filter(kind=TIER_ENDS).exists()
    TierOverride.objects.filter(pk=row.pk).update(expires_on=clock.business_date() + timedelta(days=7))
    for _night in range(2):
        ends_told(clock.last_ended_day())
    told = Notice.objects.filter(kind=TIER_ENDS)
    assert {notice.user for notice in told} == {cast.wang, cast.manager}
    assert told.count() == 2


def test_of_one_that_was_ended_nobody_hears(cast: Cast, customer: Customer) -> None:
    set_tier(customer, cast.manager, days=3)
    services.tier_override_end(customer=customer, by=cast.manager)
    ends_told(clock.last_ended_day())
    assert not Notice.objects.filter(kind=TIER_ENDS).exists()
