"""The rules of the pool in Settings: by whom, with history, and two people at once lose nothing."""

import pytest
from django.urls import reverse

from customers.models import PoolRules
from customers.pool import pool_rules

pytestmark = pytest.mark.django_db
SENT = {
    **{"claims_a_day": "20", "looks_a_day": "100", "quota": "", "warned_days": "7", "protected_days": "90"},
    **{"deal_days": "180", "version": "0"},
}


def test_what_is_shipped(defaults):
    rules = pool_rules()
    assert (rules.claims_a_day, rules.looks_a_day, rules.quota, rules.reclaims) == (20, 100, None, False)


def test_an_administrator_sets_them_and_the_page_says_what_was_changed(cast, sign_in):
    client, path = sign_in(cast.admin), reverse("pool_settings")
    sent = {**SENT, "quota": "300", "tier_A": "180", "lifecycle_lost": "30", "reclaims": "on"}
    assert client.post(path, sent).status_code == 302
    rules = PoolRules.objects.get()
    assert (rules.quota, rules.reclaims, rules.tier_days, rules.lifecycle_days) == (300, True, {"A": 180}, {"lost": 30})
    assert client.post(path, {**sent, "tier_A": "", "tier_D": "45", "version": "1"}).status_code == 302
    assert PoolRules.objects.get().tier_days == {"D": 45}
    page = client.get(path).content.decode()
    assert all(shown in page for shown in ("300", "180", "45", "High-value"))


@pytest.mark.parametrize(
    "wrong", [{"claims_a_day": "0"}, {"quota": "0"}, {"protected_days": ""}, {"tier_A": "x"}, {"tier_A": "99999"}]
)
def test_what_makes_no_sense_is_refused(wrong, cast, sign_in):
    assert sign_in(cast.admin).post(reverse("pool_settings"), {**SENT, **wrong}).status_code == 422
    assert not PoolRules.objects.exists()


def test_who_looks_at_settings_sees_them_and_changes_nothing(cast, sign_in):
    path = reverse("pool_settings")
    assert sign_in(cast.auditor).get(path).status_code == 200
    assert sign_in(cast.auditor).post(path, SENT).status_code == 403
    assert sign_in(cast.wang).get(path).status_code == 403


def test_two_who_change_different_rules_both_count(cast, sign_in):
    first, second, path = sign_in(cast.admin), sign_in(cast.admin), reverse("pool_settings")
    opened = [{"original": client.get(path).context["form"].initial["original"], **SENT} for client in (first, second)]
    first.post(path, {**opened[0], "tier_A": "180"})
    second.post(path, {**opened[1], "tier_D": "20"})
    assert PoolRules.objects.get().tier_days == {"A": 180, "D": 20}
