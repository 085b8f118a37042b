"""Keeping what each person's customers bought in a month added up (`SoldSum`), so that a page needn't.

Whoever writes an order or hands a customer over waits for nobody: a trigger notes the customer, and the figure of a
person is the stored sum with the noted customers taken out and added up live (`sales.goals.net_sales`). It is right at
any moment, however late the sums follow; this makes the live rest small again.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from core import clock, company, sql
from core.locks import only_one
from sales.models import Order, SoldSince, ToSum

LOCK = "keben-sold-sums"
MONTHS_BEFORE = 12  # besides the running one, which boards hold against a year ago; earlier ones are added up live
AT_ONCE = 5000  # notes


def sold_sums_follow(*, until: datetime | None = None) -> int:
    """Add up the customers that were noted, a transaction for each `AT_ONCE`; `until` begins no further one.

    Returns how many notes were worked through. Does nothing while another process is at it. Safe to repeat.
    """
    if _since() == _wanted() and not ToSum.objects.exists():
        return 0
    with only_one(LOCK) as mine:
        return _follow(until) if mine else 0


def _follow(until: datetime | None) -> int:
    _keep_months()
    done = 0
    while True:
        found = _add_up()
        done += found
        if found < AT_ONCE or (until is not None and clock.now() >= until):
            return done


def _wanted() -> date:
    return clock.months_back(clock.business_date(), MONTHS_BEFORE + 1)[0]


def _since() -> date | None:
    return SoldSince.objects.values_list("month", flat=True).first()


@transaction.atomic
def _keep_months() -> None:
    since, wanted = _since(), _wanted()
    params: dict[str, Any] = {"month": wanted, **sql.choices(state=Order.State)}
    if since is None or since > wanted:
        sql.change("sales", "sold_begin", params)
    elif since < wanted:
        sql.change("sales", "sold_move_on", params)


@transaction.atomic
def _add_up() -> int:
    words: dict[str, Any] = sql.choices(kind=Order.Kind, state=Order.State)
    words |= {"most": AT_ONCE, "zone": company.zone().key}
    with connection.cursor() as cursor:
        return sql.run(cursor, "sales", "sold_add_up", words).rowcount
