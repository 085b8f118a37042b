"""What the night keeps of the intervals between purchases, and what is expected by them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.backends.utils import CursorWrapper

from segmentation.buying import gaps
from segmentation.buying.models import UsualGap
from segmentation.nightsql import OF_BUYERS, run_sql

WORDS: dict[str, Any] = {
    "repeat": UsualGap.Of.REPEAT.value,
    "second": UsualGap.Of.SECOND.value,
    "enough_gaps": gaps.ENOUGH_GAPS,
}


def rhythms_write(cursor: CursorWrapper, as_of: date, *, everybody: bool) -> None:
    """While a current run is made: the rhythm of each customer it computes, or of those of few whose orders moved.

    The first night of a month keeps the usual intervals anew, of all that is stored.
    """
    run_sql(cursor, "gaps", parts={"whose": "TRUE" if everybody else OF_BUYERS})
    kept_on = _kept_on(as_of)
    if kept_on in (None, as_of) or (kept_on.year, kept_on.month) != (as_of.year, as_of.month):
        run_sql(cursor, "usual_gaps", as_of=as_of, enough=gaps.ENOUGH_CUSTOMERS, **WORDS)


def expected_find(cursor: CursorWrapper, as_of: date, size: int) -> int:
    """After the facts of the run: for whom the next purchase is due on another day, in how many parts of this size.

    After a night that kept the usual intervals anew, it looks at everybody.
    """
    kept_on = _kept_on(as_of)
    words: dict[str, Any] = WORDS | {"own": gaps.OWN, "by_tier": gaps.TIER}
    whose = "customers_customerfacts k"
    if kept_on != as_of:
        whose = f"night_done x JOIN {whose} ON k.customer_id = x.customer_id"
    found = run_sql(cursor, "expected", parts={"whose": whose}, kept_on=kept_on, size=size, **words)
    return found.fetchone()[0]


def expected_write(cursor: CursorWrapper, part: int) -> None:
    """One of these parts."""
    run_sql(cursor, "expected_write", part=part)


def _kept_on(as_of: date) -> date | None:
    kept = UsualGap.objects.filter(kept_on__lte=as_of).order_by("-kept_on")
    return kept.values_list("kept_on", flat=True).first()
