"""The next day on which a customer's scores move by the passing of days, for the night that comes then.

Chances to buy only fall while nobody buys. So who shows the same steps and level on the last day before everybody is
computed again shows them on all days until then; of the others the first day that says something else is looked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from segmentation import lifecycle
from segmentation.nightsql import piece

if TYPE_CHECKING:
    from segmentation.night import Night

# Tonight's level is the one before of the days ahead.
WATCHED = (
    "SELECT w.customer_id, w.x, w.first_on, w.last_order_on, w.level AS before, w.average_order FROM night_watch w"
)
ALL = f"({WATCHED})"
MOVING = f"({WATCHED} JOIN night_moving m ON m.customer_id = w.customer_id)"


def look_ahead(night: Night, chances: Mapping[str, Any]) -> None:
    """Fill night_due with the first such day, if one comes before everybody is computed again. `chances`: the
    parameters of chances.sql."""
    until = night.whom.until
    night.sql(
        "due",
        until=until,
        cuts_r=night.cuts.r,
        lost_after=lifecycle.lost_after(night.settings.window_days),
        dormant_after=lifecycle.dormant_after(night.settings.window_days),
        cycle_ratio=chances["cycle_ratio"],
        fixed_days=chances["fixed_days"],
    )
    days = [night.as_of + timedelta(days=n) for n in range(1, (until - night.as_of).days + 1)]
    if not days:
        return
    differs = {"openers": bool(night.settings.openers), **chances}
    changed = {"changed": piece("changed")}
    night.sql("chances", parts={"into": "night_then", "whom": ALL}, on=until, **chances)
    night.sql("moving", parts=changed, **differs)
    for day in days:
        night.sql("chances", parts={"into": "night_then", "whom": MOVING}, on=day, **chances)
        night.sql("ahead", parts=changed, on=day, **differs)
