"""What each customer brought and cost: counted of everybody once a week, in between of those with new cost entries."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core import clock, company, sql
from core.contributions import NightlyJob
from core.numbers import number
from customers.models import InteractionKind
from segmentation.catalogue import catalogue
from segmentation.costs.models import (
    CostCount,
    CostEntry,
    CostKind,
    CostSettings,
    CustomersCame,
    Economics,
    EconomicsSum,
    Verdict,
)
from segmentation.costs.selectors import cost_settings
from segmentation.night import NIGHTLY
from segmentation.nightsql import WORDS, piece, run_sql
from segmentation.together import add_together
from ui import formatting

DAYS = 365
WEEK = timedelta(days=7)
MONTHS = 12  # in which customers came and channels were paid
MOST_SINGLE = 10_000  # customers; more are sooner counted with everybody else


def params_of(on: date, settings: CostSettings) -> dict[str, Any]:
    """What the statement of a count is filled with."""
    first, zone = on - timedelta(days=DAYS - 1), company.zone()
    return {
        "first": first,
        "on": on,
        "since": clock.day_bounds(first, zone)[0],
        "until": clock.day_bounds(on, zone)[1],
        "minor": 10 ** formatting.minor_digits(company.currency()),
        "hourly": settings.hourly_cost,
        "usual": json.dumps(settings.minutes()),
        **sql.choices(cost=CostKind, talk=InteractionKind),
    }


def economics_of(customer: int, on: date) -> Economics | None:
    """One customer's as of a day, not stored; None of one in the bin."""
    statement, params = piece("economics", whose="c.id = %(customer)s"), params_of(on, cost_settings())
    rows = list(Economics.objects.raw(statement, WORDS | params | {"customer": customer}))
    return rows[0] if rows else None


@transaction.atomic
def economics_keep(business_date: date) -> dict[str, Any]:
    """Count what may have changed since; returns of how many customers."""
    settings, last, begun = cost_settings(), CostCount.objects.first(), clock.now()
    few = None if last is None or _differs(last, settings, business_date) else _with_new_entries(last)
    if last is not None and few is not None:
        counted = _count(business_date, settings, few) if few else 0
        CostCount.objects.filter(pk=last.pk).update(looked_at=begun)
    else:
        CostCount.objects.all().delete()
        Economics.objects.filter(customer__deleted_at__isnull=False).delete()
        counted = _count(business_date, settings, None)
        with connection.cursor() as cursor:
            upkeep, gross = run_sql(cursor, "economics_rate", known=share_known()).fetchone()
        priced = {"currency": company.currency(), "hourly_cost": settings.hourly_cost}
        last = CostCount.objects.create(on=business_date, looked_at=begun, upkeep=upkeep, gross=gross, **priced)
    _judge(last)
    if not Economics.objects.exists():  # the last customer has gone
        CostCount.objects.all().delete()
    return {"customers": counted}


def economics_again(customers: Collection[int]) -> None:
    """Count these customers anew at once, where costs of theirs have gone with an import that was taken back; verdicts
    and sums follow in the night."""
    if customers and CostCount.objects.exists():
        _count(clock.last_ended_day(), cost_settings(), sorted(customers))


def _differs(last: CostCount, settings: CostSettings, business_date: date) -> bool:
    """Whether everybody is to be counted: a week has passed, or what holds for all differs."""
    if (last.hourly_cost, last.currency) != (settings.hourly_cost, company.currency()):
        return True
    if settings.updated_at is not None and settings.updated_at > last.counted_at:
        return True
    return not last.on <= business_date < last.on + WEEK


def _with_new_entries(last: CostCount) -> list[int] | None:
    """Customers of whom cost entries were written since the last look; None where they are many."""
    entries = CostEntry.objects.filter(updated_at__gte=last.looked_at, customer__isnull=False)
    few = sorted(set(entries.order_by().values_list("customer", flat=True)[: MOST_SINGLE + 1]))
    return few if len(few) <= MOST_SINGLE else None


def _count(on: date, settings: CostSettings, whose: Sequence[int] | None) -> int:
    statement = piece("economics", whose="true" if whose is None else "c.id = ANY(%(ids)s)")
    with connection.cursor() as cursor:
        params = params_of(on, settings) | {"ids": list(whose or ())}
        return run_sql(cursor, "economics_keep", parts={"of": statement}, **params).rowcount


def months_of(count: CostCount) -> tuple[date, date]:
    """The twelve months that were over at a count: their first day, and the day after their last one."""
    firsts = clock.months_back(count.on, MONTHS + 1)
    return firsts[0], firsts[-1]


def share_known() -> Decimal:
    """Of how much of the sales the cost has to be known; of less than that nobody is judged."""
    return Decimal(number("served_known")) / 100


def _judge(count: CostCount) -> None:
    rate = (
        Decimal(count.upkeep) / count.gross
        if count.upkeep is not None and count.gross is not None and count.gross > 0
        else None
    )
    least = round(number("served_hours") * (count.hourly_cost or 0) * 10 ** formatting.minor_digits(company.currency()))
    high = sorted(f"{tier.scheme}:{tier.code}" for tier in catalogue().values() if tier.high_value)
    words: dict[str, Any] = dict(sql.choices(verdict=Verdict))
    words |= {"known": share_known(), "factor": number("served_factor"), "least": least, "rate": rate, "high": high}
    came_from, came_until = months_of(count)
    words |= {"came_from": came_from, "came_until": came_until}
    with connection.cursor() as cursor:
        run_sql(cursor, "economics_judge", **words)
        for model in (EconomicsSum, CustomersCame):
            add_together(cursor, model)


ECONOMICS = NightlyJob(
    "economics",
    economics_keep,
    _("What customers cost"),
    after=(NIGHTLY.name,),
    counts={"customers": _("%(n)s customers counted")},
)
