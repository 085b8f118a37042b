"""What a customer's history shows of this app: follow-ups that were closed, and answers to invitations."""

from datetime import date, datetime

from django.db.models import F, Q, QuerySet
from django.db.models.fields.json import KT

from accounts.models import User
from core.contributions import TimelineEntry, TimelinePart
from customers.models import Customer, InteractionKind
from followups import reasons
from followups.models import FollowUp, Guest


def _closed(user: User, customer_id: int) -> QuerySet[FollowUp]:
    """Follow-ups that were closed by themselves; those closed by a log entry are shown by the entry.

    Of those cancelled, what somebody called off and what a pause ended; the others only gave way to a later date.
    """
    rows = FollowUp.objects.for_user(user).filter(customer=customer_id, closed_by_interaction=None)
    done = Q(state__in=[FollowUp.State.DONE, FollowUp.State.SKIPPED])
    ended = Q(state=FollowUp.State.CANCELLED, reason__has_any_keys=[reasons.CALLED_OFF, reasons.ENDED_BY_PAUSE])
    return rows.filter(done | ended, closed_at__isnull=False)


def _follow_up(customer: Customer, entry: TimelineEntry) -> None:
    data = entry.data
    entry.icon = "calendar-check"
    data["state_word"] = FollowUp.State(data["state"]).label
    if data["state"] == FollowUp.State.CANCELLED:
        entry.icon = "calendar-x"
        data["planned"] = date.fromisoformat(data["due_on"])
        data["method_word"] = InteractionKind(data["method"]).label
        data["paused"] = data["called_off"] is None
        data["user"] = data["by"]


FOLLOW_UPS = TimelinePart(
    "followup",
    tab="log",
    permission="follow_up.view",
    rows=_closed,
    at=F("closed_at"),
    fields={
        "purpose": "purpose",
        "state": "state",
        "method": "method",
        "due_on": "due_on",
        "user": "assignee__name",
        "by": "updated_by__name",
        "called_off": KT(f"reason__{reasons.CALLED_OFF}"),
    },
    template="followups/timeline.html",
    describe=_follow_up,
)


# --- what guests of appointments answered ----------------------------------------------------------------------------
def _answers(user: User, customer_id: int) -> QuerySet[Guest]:
    return Guest.objects.for_user(user).filter(customer=customer_id, answered_at__isnull=False)


def _answer(customer: Customer, entry: TimelineEntry) -> None:
    data = entry.data
    entry.icon = "calendar-check" if data["answer"] == Guest.Answer.YES else "calendar-clock"
    data["answer_word"] = Guest.Answer(data["answer"]).label
    data["begins"] = datetime.fromisoformat(data["begins_at"])


APPOINTMENTS = TimelinePart(
    "appointment",
    tab="log",
    permission="follow_up.view",
    rows=_answers,
    at=F("answered_at"),
    fields={"name": "name", "answer": "answer", "note": "note", "begins_at": "appointment__begins_at"},
    template="followups/appointments/timeline.html",
    describe=_answer,
)
