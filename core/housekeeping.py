"""Deletes what has outlived its use, so that tables which get a row per form or visit don't grow for ever."""

from __future__ import annotations

from datetime import date, timedelta

from django.apps import apps

from core import clock
from core.contributions import registry


def forget_old(business_date: date) -> dict[str, int]:
    """Delete the rows that no app wants to keep any longer (`Keep`); returns how many of each model. Safe to repeat."""
    counts = {}
    for keep in registry().every(lambda part: part.keeps):
        old = {f"{keep.field}__lt": clock.now() - timedelta(days=keep.days)}
        counts[keep.model] = apps.get_model(keep.model)._base_manager.filter(**old).delete()[0]
    return counts
