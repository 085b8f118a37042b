"""The stage that follows from a purchase: after the deal, and a long-term customer when 90 days are over.

Said here for one customer; the statements in sales/sql say it for many and take the days from here.
"""

from datetime import date, timedelta

from customers.models import Stage

AFTER_SALE_DAYS = 90


def stage_after(bought_on: date | None, today: date) -> tuple[str, date]:
    """The stage of a customer with this last purchase, and since when it counts; None = hasn't bought yet."""
    if bought_on is None:
        return Stage.FIRST_CONTACT, today
    ends = bought_on + timedelta(days=AFTER_SALE_DAYS)
    return (Stage.AFTER_SALE, bought_on) if today < ends else (Stage.LONG_TERM, ends)
