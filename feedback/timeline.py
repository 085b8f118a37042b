"""What a customer's history shows of this app: complaints."""

from django.db.models import F

from core.contributions import TimelineEntry, TimelinePart
from customers.models import Customer
from feedback.models import Complaint


def _complaint(customer: Customer, entry: TimelineEntry) -> None:
    entry.icon, entry.tone = "message-circle", "bad"
    entry.data["closed"] = entry.data["state"] == Complaint.State.CLOSED
    entry.data["state_word"] = Complaint.State(entry.data["state"]).label
    entry.data["category_word"] = Complaint.Category(entry.data["category"]).label


COMPLAINTS = TimelinePart(
    "complaint",
    tab="feedback",
    permission="complaint.view",
    rows=lambda user, customer_id: Complaint.objects.for_user(user).filter(customer=customer_id),
    at=F("received_at"),
    fields={name: name for name in ("number", "severity", "state", "text", "category")},
    template="feedback/timeline.html",
    describe=_complaint,
)
