"""What a month says of the customers of a tier is what the tier dashboard says of them, in a random company."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from conftest import Cast
from customers.models import Customer
from segmentation import night
from segmentation.effect.counting import effect_keep
from segmentation.effect.models import EffectMonth, EffectSum
from segmentation.models import RunSum
from segmentation.tests import worlds

pytestmark = pytest.mark.django_db


def test_the_sums_say_what_the_tier_dashboard_says(cast: Cast) -> None:
    worlds.store(worlds.random_world(5, customers=90))
    Customer.objects.update(owner=cast.wang, team=cast.shanghai)
    ends = (date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 12))
    for day in ends:
        night.rescore(day)
    list(effect_keep(ends[-1] + timedelta(days=1)))
    assert [(month.first, month.over) for month in EffectMonth.objects.all()] == [
        (date(2026, 3, 1), True),
        (date(2026, 4, 1), False),
    ]
    for month in EffectMonth.objects.select_related("run"):
        for tier in ("S", "A", "B", "C", "D"):
            ours = list(EffectSum.objects.filter(month=month, tier=tier))
            theirs = list(RunSum.objects.filter(run=month.run, tier_before=tier))
            assert sum(row.customers for row in ours) == sum(row.customers for row in theirs)
            assert sum(row.revenue for row in ours) == sum(row.month_revenue for row in theirs)
            promoted = sum(row.customers for row in theirs if row.tier in ("S", "A"))
            assert sum(row.high for row in ours) == promoted
