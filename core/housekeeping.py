"""Deletes what has outlived its use, so that tables which get a row per form or visit don't grow for ever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from core import clock
from core.contributions import registry
from core.numbers import days


def forget_old(business_date: date) -> dict[str, int]:
    """Delete the rows that no app wants to keep any longer, or empty their columns (`Keep`); returns how many of each
    model. Safe to repeat."""
    counts = {}
    for keep in registry().every(lambda part: part.keeps):
        kept_for = days(keep.days) if isinstance(keep.days, str) else timedelta(days=keep.days)
        old = {f"{keep.field}__lt": clock.now() - kept_for}
        rows = apps.get_model(keep.model)._base_manager.filter(**old)
        counts[keep.model] = _cleared(rows, keep.clears) if keep.clears else rows.delete()[0]
    return counts


def _cleared(rows: QuerySet[Model], columns: Sequence[str]) -> int:
    """Empty these columns where anything stands in one of them."""
    filled = reduce(or_, (Q(**{f"{column}__isnull": False}) for column in columns))
    return rows.filter(filled).update(**dict.fromkeys(columns))
