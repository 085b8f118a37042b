"""The columns of CustomerFacts that come from complaints; lists and the night read them."""

from collections.abc import Sequence
from typing import Any

from accounts.models import User
from core.company import zone
from customers.services import facts_write
from feedback.models import Complaint
from followups.locks import hold

KEPT_DAYS = 60  # the newest arrival days; the night looks back half a year


def facts_refresh(customer_id: int) -> None:
    """Count the customer's complaints anew. Needs a transaction: the customer's facts are held until its end."""
    hold([customer_id])
    facts_write(customer_id, **complaint_facts(customer_id))


def merged_complaints_count(*, customer_ids: Sequence[int], by: User | None) -> None:
    """Handler of customers_merged: complaints came to these customers, or went."""
    hold(customer_ids)
    for pk in sorted(customer_ids):
        facts_write(pk, **complaint_facts(pk))


def complaint_facts(customer_id: int) -> dict[str, Any]:
    """Facts of one customer: open_complaints, last_csat, last_complaint_at, complaints_on (company-zone days)."""
    rows = list(
        Complaint.all_objects.filter(customer_id=customer_id, deleted_at=None)
        .order_by("-received_at", "-id")
        .values_list("state", "csat", "received_at", "closed_at")
    )
    answered = [(closed_at, csat) for _state, csat, _received, closed_at in rows if csat is not None and closed_at]
    days = sorted({received.astimezone(zone()).date() for _state, _csat, received, _closed in rows}, reverse=True)
    return {
        "open_complaints": sum(state != Complaint.State.CLOSED for state, *_rest in rows),
        "last_csat": max(answered)[1] if answered else None,
        "last_complaint_at": rows[0][2] if rows else None,
        "complaints_on": days[:KEPT_DAYS],
    }
