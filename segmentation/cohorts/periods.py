"""Months and quarters of purchases: which are shown, what they are called, and who bought in them."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from segmentation.cohorts.models import CohortShare, CohortSum
from segmentation.pages.spans import Kind as Length
from segmentation.pages.spans import begin_of, shifted
from segmentation.selectors import those
from ui import formatting

Grain = CohortSum.Grain
MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3}
SHOWN = {Grain.MONTH: 12, Grain.QUARTER: 8}  # so many cohorts, the last one that of the run
KEPT = {Grain.MONTH: 24, Grain.QUARTER: 12}  # so many are counted, for the months of a year before


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


def number(day: date) -> int:
    """The month of a day as CohortShare stores it."""
    return day.year * 12 + day.month - 1


# --- the rows behind --------------------------------------------------------------------------------------------------
def bought(grain: Grain, cohort: date | None, since: date | None) -> Q:
    """Customers whose first purchase fell in the month or quarter that begins on `cohort`, and who bought in that of
    `since`, as of when it was counted last."""
    rows = CohortShare.objects.all()
    if cohort:
        rows = rows.filter(first__range=(number(cohort), number(end(cohort, grain))))
    if since:
        rows = rows.filter(months__overlap=list(range(number(since), number(end(since, grain)) + 1)))
    return those(rows.values_list("customer_id", flat=True))


def running(on: date, start: date, grain: Grain) -> bool:
    """Whether a month or quarter isn't over as of a run."""
    return end(start, grain) > on
