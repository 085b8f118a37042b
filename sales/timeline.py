"""What a customer's history shows of this app: orders and returns."""

from django.db.models import F

from core.contributions import TimelineEntry, TimelinePart
from customers.models import Customer
from sales.models import Order


def _order(customer: Customer, entry: TimelineEntry) -> None:
    data = entry.data
    data["is_return"] = data["kind"] == Order.Kind.RETURN
    entry.icon, entry.tone = ("undo-2", "") if data["is_return"] else ("shopping-bag", "good")
    data["payment"] = dict(Order.Payment.choices).get(data["payment_method"]) or data["payment_method"]
    data["state_word"] = "" if data["state"] == "completed" else Order.State(data["state"]).label


ORDERS = TimelinePart(
    "order",
    tab="orders",
    permission="order.view",
    rows=lambda user, customer_id: Order.objects.for_user(user).filter(customer=customer_id),
    at=F("ordered_at"),
    fields={name: name for name in ("number", "kind", "state", "total", "currency", "payment_method", "notes")},
    template="sales/timeline.html",
    describe=_order,
)
