"""What activities led to: counted each night for `followups_outcome`, from which the page of the effect reads.

Counted are activities that a colleague began (outgoing, no notes, nothing automatic). One *reached* the customer with
every result but "no answer". It was *answered* when it reached somebody; a message that was sent from here when the
customer came back by themselves within 14 days. An order *followed* an activity that had reached the customer when it
was placed on its day or in the 30 days after it; each order belongs to one activity, the last such one before it. That
an order followed doesn't prove that it came of it: the page says so.

An activity's 30 days are over after a month, and entries may be a week late: the night counts the last 37 days anew.
What changes further back (an import of old orders, a correction) is counted with the night of a month's last day,
which looks at 13 months, as the first night does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from core import clock, company, sql
from customers.models import UNRATED, Interaction, InteractionKind, InteractionResult, Stage
from customers.rules import contact_rules
from followups.models import Outcome
from sales.models import Order

JOB = "outcomes"  # of the night
FOLLOWS_WITHIN = 30  # days between an activity and an order that followed it
COMES_BACK_WITHIN = 14  # days after a message
RECENT = timedelta(days=FOLLOWS_WITHIN + 7)
MONTHS = 13


def outcomes_count(business_date: date) -> Iterator[dict[str, Any]]:
    """Count the last weeks anew, or 13 months; a transaction a month. Yields how many rows were written so far."""
    everything = clock.month_end(business_date) == business_date or not Outcome.objects.exists()
    first = clock.months_back(business_date, MONTHS)[0] if everything else business_date - RECENT
    written, end = 0, business_date + timedelta(days=1)
    while first < end:
        until = min(clock.next_month(first), end)
        written += _count(first, until)
        yield {"outcomes": written}
        first = until


@transaction.atomic
def _count(first_day: date, end_day: date) -> int:
    """Write the rows of these days, the last one out, that differ from what happened; returns how many."""
    zone = company.zone()
    # Everybody by name: the only index of the log with a moment begins with the person (interaction_by_user).
    people = list(get_user_model().objects.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        return sql.run(
            cursor,
            "followups",
            "outcomes",
            {
                "people": people,
                "zone": zone.key,
                "first_day": first_day,
                "end_day": end_day,
                "since": clock.day_bounds(first_day, zone)[0],
                "until": clock.day_bounds(end_day, zone)[0],
                "unrated": UNRATED,
                "after_sale_days": contact_rules().after_sale_days,
                "follows_within": FOLLOWS_WITHIN,
                "comes_back_within": COMES_BACK_WITHIN,
                "kind_note": InteractionKind.NOTE.value,
                "result_no_answer": InteractionResult.NO_ANSWER.value,
                "order_completed": Order.State.COMPLETED.value,
                **sql.choices(direction=Interaction.Direction, order_kind=Order.Kind, stage=Stage),
            },
        ).rowcount
