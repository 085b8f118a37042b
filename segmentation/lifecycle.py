"""Lifecycle stages, read off purchase days. See docs/algorithms/tiers.md."""

from dataclasses import dataclass

PROSPECT = "prospect"
LOST = "lost"
DORMANT = "dormant"
LOYAL = "loyal"
FIRST_TIME = "first_time"
REPEAT = "repeat"
STAGES = (PROSPECT, FIRST_TIME, REPEAT, LOYAL, DORMANT, LOST)

LOYAL_PURCHASE_DAYS = 4
LOYAL_R = 3


@dataclass(frozen=True)
class Limits:
    """What the company says of the stages; as shipped without a word.

    `window`: the days that count. Loyal is who bought on `loyal_days` of them or more and has so many points of
    recency; `dormant_days` None: as 180 days are of 365.
    """

    window: int = 365
    loyal_days: int = LOYAL_PURCHASE_DAYS
    loyal_r: int = LOYAL_R
    dormant_days: int | None = None

    @property
    def lost_after(self) -> int:
        """Days since the last purchase beyond which none is left in the window."""
        return lost_after(self.window)

    @property
    def dormant_after(self) -> int:
        """Days since the last purchase beyond which a customer sleeps."""
        return dormant_after(self.window) if self.dormant_days is None else self.dormant_days


SHIPPED = Limits()


def lost_after(window: int) -> int:
    """Days since the last purchase beyond which none is left in a window of so many days."""
    return window - 1


def dormant_after(window: int) -> int:
    """Days since the last purchase beyond which a customer sleeps, as shipped: of the window as 180 are of 365."""
    return window * 180 // 365


def stage(*, days_ever: int, days_in_window: int, recency: int | None, r: int | None, limits: Limits = SHIPPED) -> str:
    """The first matching stage.

    days_ever, days_in_window: purchase days in the whole history and in the window; recency: days since the last
    purchase, None without one; r: the recency score, None outside the window.
    """
    if not days_ever or recency is None:
        return PROSPECT
    if recency > limits.lost_after:
        return LOST
    if recency > limits.dormant_after:
        return DORMANT
    if days_in_window >= limits.loyal_days and (r or 0) >= limits.loyal_r:
        return LOYAL
    return FIRST_TIME if days_ever == 1 else REPEAT
