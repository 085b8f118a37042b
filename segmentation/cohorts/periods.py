"""Months and quarters of purchases: which are shown, what they are called, and who bought in them."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from sales.models import Order
from segmentation.cohorts.models import CohortSum
from segmentation.pages.spans import Kind as Length
from segmentation.pages.spans import begin_of, shifted
from ui import formatting

Grain = CohortSum.Grain
MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3}
SHOWN = {Grain.MONTH: 12, Grain.QUARTER: 8}  # so many cohorts, the last one that of the run


def begin(on: date, grain: Grain) -> date:
    """The first day of the month or quarter of a day."""
    return begin_of(Length(grain.value), on)


def later(start: date, grain: Grain, count: int) -> date:
    """The first day of the one so many later."""
    return shifted(start, MONTHS[grain] * count)


def end(start: date, grain: Grain) -> date:
    """The last day of the one that begins on `start`."""
    return later(start, grain, 1) - timedelta(days=1)


def earliest(on: date, grain: Grain) -> date:
    """The first cohort that is shown as of a day."""
    return later(begin(on, grain), grain, 1 - SHOWN[grain])


def shown(on: date, grain: Grain) -> list[date]:
    """The cohorts that are shown as of a day, the oldest first."""
    return [later(earliest(on, grain), grain, n) for n in range(SHOWN[grain])]


def name(start: date, grain: Grain) -> str:
    """Mar 2026; Q1 2026."""
    if grain == Grain.MONTH:
        return formatting.month(start)
    return _("Q%(quarter)s %(year)s") % {"quarter": (start.month + 2) // 3, "year": start.year}


def read(text: str, grain: Grain) -> date | None:
    """The first day of a month or quarter as an address names it; None of any other day, and of no day."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    # What leaves no room for the months after it is no month of orders either.
    return found if 1900 < found.year < 2900 and found == begin(found, grain) else None


# --- the rows behind --------------------------------------------------------------------------------------------------
def bought_first(on: date, grain: Grain, cohort: date) -> Q:
    """Customers whose first purchase, as of a run, fell in the cohort's month or quarter."""
    earlier = _purchases(on).filter(customer=OuterRef("customer"), ordered_on__lt=cohort)
    new = _purchases(on).filter(~Exists(earlier), ordered_on__range=(cohort, end(cohort, grain)))
    return Q(pk__in=new.values("customer"))


def bought_in(on: date, grain: Grain, start: date) -> Q:
    """Customers who bought in a month or quarter, as far as a run knows it."""
    return Q(pk__in=_purchases(on).filter(ordered_on__range=(start, end(start, grain))).values("customer"))


def _purchases(on: date) -> QuerySet[Order]:
    # unscoped: only narrows customers in reach
    return Order.objects.filter(
        state=Order.State.COMPLETED, amount__gt=0, customer__isnull=False, ordered_on__lte=on
    ).order_by()


def running(on: date, start: date, grain: Grain) -> bool:
    """Whether a month or quarter isn't over as of a run."""
    return end(start, grain) > on
