"""One timeline from all apps in one query: a union of the parts that the person may see, keyset by time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, JSONObject
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import cursors
from customers.models import Customer, Interaction, InteractionKind, InteractionResult
from feedback.models import Complaint
from followups.models import FollowUp
from sales.models import Order
from segmentation import catalogue
from segmentation.models import TierMove
from segmentation.selectors import scheme_of
from ui.formatting import local_day

SIZE = 20
SHOWN: Mapping[str, tuple[str, ...]] = {
    "log": ("interaction", "followup"),
    "orders": ("order",),
    "feedback": ("complaint",),
    "changes": ("move", "owner"),
}
LABELS: Mapping[str, str | Promise] = {
    "": _("All"),
    "log": _("Follow-up"),
    "orders": _("Orders"),
    "feedback": _("Feedback"),
    "changes": _("Changes"),
}
ICONS: Mapping[str, str] = {
    "visit": "map-pin",
    "call": "phone",
    "email": "mail",
    "sms": "message-circle",
    "wechat": "messages-square",
    "meeting": "users",
    "video": "video",
    "chat": "message-circle",
    "note": "sticky-note",
}
TONES = {"good": "good", "bad": "bad"}
FELT = {"interested": "good", "done": "good", "declined": "bad"}


@dataclass
class Entry:
    """One thing that happened, ready for the template `customers/timeline_<kind>.html`."""

    kind: str
    at: datetime
    row: int
    data: dict[str, Any]
    month: date | None = None
    icon: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Timeline:
    """Entries, newest first, and the cursor of the following ones."""

    entries: list[Entry]
    next_cursor: str | None


def timeline(user: User, customer: Customer, *, show: str = "", cursor: str = "") -> Timeline:
    """Up to 20 entries of the kinds that `show` names (empty = all), after `cursor`."""
    wanted = SHOWN.get(show)
    place = _unpacked(customer, cursor)
    parts = [_part(user, customer, kind, place) for kind in PARTS if wanted is None or kind in wanted]
    found = [part for part in parts if part is not None]
    if not found:
        return Timeline([], None)
    first, *others = found
    union = first.union(*others, all=True).order_by("-at", "-part", "-row") if others else first
    rows = list(union[: SIZE + 1])
    entries = [_entry(customer, *row) for row in rows[:SIZE]]
    _mark_months(entries)
    return Timeline(entries, _packed(customer, entries[-1]) if len(rows) > SIZE else None)


# --- the parts -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Part:
    """Where one kind comes from: permission, rows in reach, their time, and what the entry shows."""

    permission: str
    rows: Callable[[Any, Customer], QuerySet]
    at: Any
    data: Mapping[str, Any]


def _closed(user: User, customer: Customer) -> QuerySet:
    """Follow-ups that were closed by themselves; those closed by a log entry are shown by the entry."""
    rows = FollowUp.objects.for_user(user).filter(customer=customer, closed_by_interaction=None)
    return rows.filter(state__in=[FollowUp.State.DONE, FollowUp.State.SKIPPED], closed_at__isnull=False)


PARTS: Mapping[str, Part] = {
    "interaction": Part(
        "interaction.view",
        lambda user, customer: Interaction.objects.for_user(user).filter(customer=customer),
        F("occurred_at"),
        {
            name: name
            for name in (
                "kind",
                "result",
                "mood",
                "summary",
                "needs_found",
                "participants",
                "place",
                "late",
                "direction",
            )
        }
        | {"contact": "contact__name", "user": "user__name", "late_reason": "late_reason"},
    ),
    "order": Part(
        "order.view",
        lambda user, customer: Order.objects.for_user(user).filter(customer=customer),
        F("ordered_at"),
        {name: name for name in ("number", "kind", "state", "total", "currency", "payment_method", "notes")},
    ),
    "complaint": Part(
        "complaint.view",
        lambda user, customer: Complaint.objects.for_user(user).filter(customer=customer),
        F("received_at"),
        {name: name for name in ("number", "severity", "state", "text", "category")},
    ),
    "move": Part(
        "score.view",
        lambda user, customer: TierMove.objects.for_user(user).filter(customer=customer),
        Cast(F("on"), DateTimeField()),
        {name: name for name in ("tier_before", "tier_after", "up", "r", "f", "m")},
    ),
    "owner": Part(
        "customer.view",
        lambda user, customer: customer.owner_changes.all(),
        F("at"),
        {"from": "from_user__name", "to": "to_user__name", "by": "by__name", "reason": "reason"},
    ),
    "followup": Part(
        "follow_up.view",
        _closed,
        F("closed_at"),
        {"purpose": "purpose", "state": "state", "method": "method", "user": "assignee__name"},
    ),
}


def _part(user: User, customer: Customer, kind: str, place: tuple[datetime, str, int] | None) -> QuerySet | None:
    part = PARTS[kind]
    if not user.can(part.permission):
        return None
    rows = part.rows(user, customer)
    if kind == "owner":
        rows = rows.annotate(moment=F("at"))  # `at` is a column here
    rows = rows.annotate(part=Value(kind), row=F("pk"), data=JSONObject(**part.data))
    moment = "moment" if kind == "owner" else "at"
    rows = rows if kind == "owner" else rows.annotate(at=part.at)
    if place is not None:
        rows = rows.filter(_before(kind, place, moment))
    return rows.order_by(f"-{moment}", "-row").values_list("part", "at", "row", "data")[: SIZE + 1]


def _before(kind: str, place: tuple[datetime, str, int], moment: str) -> Q:
    """Later in the list than the last entry shown: by time, then kind, then row."""
    at, last_kind, row = place
    if kind < last_kind:
        return Q(**{f"{moment}__lte": at})
    earlier = Q(**{f"{moment}__lt": at})
    return earlier | Q(**{moment: at, "pk__lt": row}) if kind == last_kind else earlier


def _place_of(customer: Customer) -> str:
    return f"timeline:{customer.pk}"


def _packed(customer: Customer, entry: Entry) -> str:
    return cursors.pack([entry.at.isoformat(), entry.kind, entry.row], of=_place_of(customer))


def _unpacked(customer: Customer, cursor: str) -> tuple[datetime, str, int] | None:
    place = cursors.unpack(cursor, of=_place_of(customer))
    return (datetime.fromisoformat(place[0]), place[1], place[2]) if place else None


# --- entries ---------------------------------------------------------------------------------------------------------
def _entry(customer: Customer, kind: str, at: datetime, row: int, data: dict[str, Any]) -> Entry:
    entry = Entry(kind, at, row, data)
    _DRESS[kind](customer, entry)
    return entry


def _interaction(customer: Customer, entry: Entry) -> None:
    data = entry.data
    entry.icon = ICONS.get(data["kind"], "pencil")
    entry.tone = TONES.get(data["mood"]) or FELT.get(data["result"], "acc")
    data["method"] = dict(InteractionKind.choices).get(data["kind"], data["kind"])
    data["outcome"] = dict(InteractionResult.choices).get(data["result"], data["result"])


def _order(customer: Customer, entry: Entry) -> None:
    entry.icon = "undo-2" if entry.data["kind"] == Order.Kind.RETURN else "shopping-bag"
    entry.tone = "" if entry.data["kind"] == Order.Kind.RETURN else "good"
    entry.data["payment"] = (
        dict(Order.Payment.choices).get(entry.data["payment_method"]) or entry.data["payment_method"]
    )
    entry.data["is_return"] = entry.data["kind"] == Order.Kind.RETURN
    entry.data["state_word"] = "" if entry.data["state"] == "completed" else Order.State(entry.data["state"]).label


def _complaint(customer: Customer, entry: Entry) -> None:
    entry.icon, entry.tone = "message-circle", "bad"
    entry.data["closed"] = entry.data["state"] == Complaint.State.CLOSED
    entry.data["state_word"] = Complaint.State(entry.data["state"]).label
    entry.data["category_word"] = Complaint.Category(entry.data["category"]).label


def _move(customer: Customer, entry: Entry) -> None:
    entry.icon = "chart-column"
    scheme = scheme_of(customer)
    for side in ("before", "after"):
        entry.data[side] = catalogue.catalogue().get((scheme, entry.data[f"tier_{side}"]))


def _owner(customer: Customer, entry: Entry) -> None:
    entry.icon = "arrow-left-right"


def _followup(customer: Customer, entry: Entry) -> None:
    entry.icon = "calendar-check"
    entry.data["state_word"] = FollowUp.State(entry.data["state"]).label


_DRESS: Mapping[str, Callable[[Customer, Entry], None]] = {
    "interaction": _interaction,
    "order": _order,
    "complaint": _complaint,
    "move": _move,
    "owner": _owner,
    "followup": _followup,
}


def _mark_months(entries: list[Entry]) -> None:
    """The first entry of each month carries its heading."""
    last = None
    for entry in entries:
        month = local_day(entry.at).replace(day=1)
        entry.month, last = (month if month != last else None), month
