"""Lifecycle stages, read off purchase days. See docs/algorithms/tiers.md."""

PROSPECT = "prospect"
LOST = "lost"
DORMANT = "dormant"
LOYAL = "loyal"
FIRST_TIME = "first_time"
REPEAT = "repeat"
STAGES = (PROSPECT, FIRST_TIME, REPEAT, LOYAL, DORMANT, LOST)

LOST_AFTER_DAYS = 364
DORMANT_AFTER_DAYS = 180
LOYAL_PURCHASE_DAYS = 4
LOYAL_R = 3


def stage(*, days_ever: int, days_in_window: int, recency: int | None, r: int | None) -> str:
    """The first matching stage.

    days_ever, days_in_window: purchase days in the whole history and in the 365-day window; recency: days since the
    last purchase, None without one; r: the recency score, None outside the window.
    """
    if not days_ever or recency is None:
        return PROSPECT
    if recency > LOST_AFTER_DAYS:
        return LOST
    if recency > DORMANT_AFTER_DAYS:
        return DORMANT
    if days_in_window >= LOYAL_PURCHASE_DAYS and (r or 0) >= LOYAL_R:
        return LOYAL
    return FIRST_TIME if days_ever == 1 else REPEAT
