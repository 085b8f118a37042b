"""The next day on which a customer's scores move by the passing of days, for the night that comes then.

Chances to buy only fall while nobody buys. So who shows the same steps and level on the last day before everybody is
computed again shows them on all days until then; of the others the first day that says something else is looked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segmentation.class_limits import limits_of
from segmentation.nightsql import piece

if TYPE_CHECKING:
    from segmentation.night import Night


def look_ahead(night: Night, chances: Mapping[str, Any]) -> None:
    """Fill night_due with the first such day, if one comes before everybody is computed again. `chances`: the
    parameters of chances.sql."""
    until, limits = night.whom.until, limits_of(night.settings)
    night.sql(
        "due",
        until=until,
        cuts_r=night.cuts.r,
        lost_after=limits.lost_after,
        dormant_after=limits.dormant_after,
        cycle_ratio=chances["cycle_ratio"],
        fixed_days=chances["fixed_days"],
    )
    if until <= night.as_of:
        return
    parts = {"chances": piece("chances", whom="ahead"), "changed": piece("changed")}
    night.sql("ahead", parts=parts, until=until, openers=bool(night.settings.openers), **chances)
