"""Lifecycle stages, read off purchase days. See docs/algorithms/tiers.md."""

PROSPECT = "prospect"
LOST = "lost"
DORMANT = "dormant"
LOYAL = "loyal"
FIRST_TIME = "first_time"
REPEAT = "repeat"
STAGES = (PROSPECT, FIRST_TIME, REPEAT, LOYAL, DORMANT, LOST)

LOYAL_PURCHASE_DAYS = 4
LOYAL_R = 3


def lost_after(window: int) -> int:
    """Days since the last purchase beyond which none is left in a window of so many days."""
    return window - 1


def dormant_after(window: int) -> int:
    """Days since the last purchase beyond which a customer sleeps: of the window as 180 days are of 365."""
    return window * 180 // 365


def stage(*, days_ever: int, days_in_window: int, recency: int | None, r: int | None, window: int = 365) -> str:
    """The first matching stage.

    days_ever, days_in_window: purchase days in the whole history and in the window of `window` days; recency: days
    since the last purchase, None without one; r: the recency score, None outside the window.
    """
    if not days_ever or recency is None:
        return PROSPECT
    if recency > lost_after(window):
        return LOST
    if recency > dormant_after(window):
        return DORMANT
    if days_in_window >= LOYAL_PURCHASE_DAYS and (r or 0) >= LOYAL_R:
        return LOYAL
    return FIRST_TIME if days_ever == 1 else REPEAT
