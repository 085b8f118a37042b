"""What a customer's history shows of this app: follow-ups that were closed."""

from django.db.models import F, QuerySet

from accounts.models import User
from core.contributions import TimelineEntry, TimelinePart
from customers.models import Customer
from followups.models import FollowUp


def _closed(user: User, customer_id: int) -> QuerySet[FollowUp]:
    """Follow-ups that were closed by themselves; those closed by a log entry are shown by the entry."""
    rows = FollowUp.objects.for_user(user).filter(customer=customer_id, closed_by_interaction=None)
    return rows.filter(state__in=[FollowUp.State.DONE, FollowUp.State.SKIPPED], closed_at__isnull=False)


def _follow_up(customer: Customer, entry: TimelineEntry) -> None:
    entry.icon = "calendar-check"
    entry.data["state_word"] = FollowUp.State(entry.data["state"]).label


FOLLOW_UPS = TimelinePart(
    "followup",
    tab="log",
    permission="follow_up.view",
    rows=_closed,
    at=F("closed_at"),
    fields={"purpose": "purpose", "state": "state", "method": "method", "user": "assignee__name"},
    template="followups/timeline.html",
    describe=_follow_up,
)
