"""A hold-out of the demo company: set and begun by the services that people and nights use, on the days of the story."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta

from accounts.models import User
from core import clock, company
from customers.models import CustomerFacts, Interaction, InteractionResult
from customers.services import facts_write
from segmentation.control.models import HoldOut, HoldOutMember
from segmentation.control.services import hold_out_add, hold_outs_begin

SHARE = 30
BY_HAND = 4  # with one of so many of them people talk all the same


def hold_out(on: date) -> HoldOut:
    """Leave out of the largest tier of persons who buy, set on this day of the story and drawn in the night after it. What
    reps would have done by the plan since hasn't happened; with one of four they talked by hand."""
    bought = CustomerFacts.objects.filter(customer__kind="person", lifecycle__in=("first_time", "repeat", "loyal"))
    sizes = Counter(bought.values_list("tier", flat=True))
    by = User.objects.filter(role__code="administrator").order_by("pk").first()
    assert by is not None
    with clock.standing_at(clock.at_local(on, time(15), company.zone())):
        tier, start = sizes.most_common(1)[0][0], on + timedelta(days=1)
        row = hold_out_add(scheme="b2c", tier=tier, share=SHARE, starts_on=start, by=by)
    with clock.standing_at(clock.at_local(start, time(3), company.zone())):
        list(hold_outs_begin(on))
        since = clock.now()
    members = HoldOutMember.objects.filter(hold_out=row, held=True).order_by("pk")
    for n, member in enumerate(members):
        if n % BY_HAND:
            _not_called(member.customer_id, since)
    return row


def _not_called(customer: int, since: datetime) -> None:
    Interaction.all_objects.filter(customer=customer, occurred_at__gte=since, direction="out").delete()
    rows = Interaction.all_objects.filter(customer=customer).order_by("-occurred_at", "-pk")
    last, reached = rows.first(), rows.exclude(result=InteractionResult.NO_ANSWER).first()
    tries = rows.filter(occurred_at__gt=reached.occurred_at) if reached else rows
    facts_write(
        customer,
        touches=rows.count(),
        last_attempt_at=last.occurred_at if last else None,
        last_result=last.result if last else "",
        last_contact_at=reached.occurred_at if reached else None,
        last_contact_kind=reached.kind if reached else "",
        unanswered=tries.count(),
    )
