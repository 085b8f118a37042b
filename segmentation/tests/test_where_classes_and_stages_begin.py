"""Classes of frequency and amount and the lifecycle stages begin where the company says: set by managers on one page,
counted from the coming night on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from conftest import Cast
from customers.models import CustomerFacts
from segmentation import night, rfm, selectors, services
from segmentation.class_limits import amount_shares, frequency_begins, limits_of
from segmentation.models import ScoringSettings
from segmentation.selectors import scoring_settings
from segmentation.tests import worlds

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
DAYS = [date(2025, 6, 30), date(2025, 8, 14), date(2026, 3, 3)]
OTHER = {
    "frequency_high": 4,
    "frequency_mid": 3,
    "amount_large": 0.355,
    "amount_mid": 0.25,
    "loyal_days": 2,
    "loyal_r": 2,
    "dormant_days": 60,
}


def say(**changes: Any) -> ScoringSettings:
    return ScoringSettings.objects.update_or_create(pk=1, defaults=changes)[0]


# --- the night -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", [1, 2])
def test_the_night_says_what_the_pure_rules_say(defaults: None, seed: int) -> None:
    world, row = worlds.random_world(seed), say(**OTHER)
    worlds.store(world)
    state: dict[str, worlds.State] = {}
    for day in DAYS:
        night.rescore(day)
        run = selectors.run_as_of(day)
        assert run is not None
        cuts = selectors.cut_points(run.cut_points)
        state = worlds.expected(world, day, state, cuts, run.churn_params, limits=limits_of(row))
        assert worlds.stored(day) == state
        if day == DAYS[0]:
            amounts = [one["monetary"] for one in state.values() if one["r"]]
            assert tuple(run.cut_points.amount_classes) == rfm.amount_bounds(amounts, amount_shares(row))
    told = dict(CustomerFacts.objects.exclude(r=None).values_list("customer__number", "frequency_class"))
    assert told == {
        number: rfm.frequency_class(one["purchase_days"], frequency_begins(row))
        for number, one in state.items()
        if one["r"]
    }
    assert set(told.values()) == set(rfm.FREQUENCY_CLASSES)
    assert {"loyal", "dormant"} <= {one["lifecycle"] for one in state.values()}


def test_everybody_is_rated_anew_when_they_change(defaults: None) -> None:
    worlds.store(worlds.random_world(3))
    night.rescore(DAYS[0])
    before = dict(CustomerFacts.objects.values_list("pk", "lifecycle"))
    say(loyal_days=1, loyal_r=1)
    night.rescore(DAYS[1])
    after = dict(CustomerFacts.objects.values_list("pk", "lifecycle"))
    assert after != before
    assert "repeat" not in after.values()


# --- the page --------------------------------------------------------------------------------------------------------
def typed(page: Any, **changes: str) -> dict[str, str]:
    fields = page.context["form"]
    return {name: str(fields[name].value() or "") for name in fields.fields} | changes


def test_a_manager_sets_them_and_everybody_reads_them(cast: Cast, sign_in: SignIn) -> None:
    client, address = sign_in(cast.manager), reverse("class_settings")
    page = client.get(address)
    assert "Dormant is who hasn&#x27;t bought for more than 180 days" in page.content.decode()
    assert page.context["form"]["amount_large"].value() == "50"
    sent = client.post(address, typed(page, loyal_days="3", amount_large="35.5", dormant_days="100"))
    assert sent.status_code == 302
    row = scoring_settings()
    assert (row.loyal_days, row.amount_large, row.dormant_days) == (3, 0.355, 100)
    assert AuditEntry.objects.get(act="scoring_settings.change").details["changed"]["dormant_days"] == [None, 100]
    read = sign_in(cast.wang).get(address).content.decode()
    assert "more than 100 days" in read
    assert "first 35.5% of sales" in read
    assert 'name="loyal_days"' not in read


@pytest.mark.parametrize(
    ("changes", "name", "sentence"),
    [
        ({"frequency_mid": "6"}, "frequency_mid", "enter fewer than 6 days"),
        ({"amount_mid": "50"}, "amount_mid", "enter less than 50%"),
        ({"dormant_days": "364"}, "dormant_days", "Enter whole days from 1 to 363"),
        ({"loyal_r": "6"}, "loyal_r", "from 1 to 5"),
        ({"loyal_days": "many"}, "loyal_days", "from 1 to 366"),
        ({"amount_large": "0"}, "amount_large", "from 1 to 99 per cent"),
    ],
)
def test_what_leaves_a_class_no_room_is_refused(
    cast: Cast, sign_in: SignIn, changes: dict[str, str], name: str, sentence: str
) -> None:
    client = sign_in(cast.manager)
    address = reverse("class_settings")
    answer = client.post(address, typed(client.get(address), **changes))
    assert answer.status_code == 422
    assert sentence in str(answer.context["form"].errors[name])


def test_fewer_days_that_count_need_an_earlier_sleep(cast: Cast) -> None:
    row = say(dormant_days=200)
    with pytest.raises(ValidationError) as refused:
        services.scoring_settings_change(row=row, changes={"window_days": 150}, version=row.version, by=cast.manager)
    assert "200 days after which a customer is dormant" in str(refused.value)
