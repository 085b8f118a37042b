"""What a customer's history shows of this app: log entries, and who owned the customer when."""

from datetime import date, datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, JSONField, OuterRef, QuerySet, Value, When
from django.db.models.functions import JSONObject

from accounts.models import User
from core.contributions import TimelineEntry, TimelinePart
from customers.attachments.reading import DATA, drawn, files_of_row
from customers.icons import KIND_ICONS
from customers.models import (
    Attachment,
    CheckInState,
    Comment,
    Customer,
    Interaction,
    InteractionKind,
    OwnerChange,
    Stage,
    StageMove,
)
from customers.results import result_word
from customers.services.interactions import TIMED_KINDS
from customers.stages import reason_words

COMMENTS_SHOWN = 20
TONES = {"good": "good", "bad": "bad"}
TONES_OF_RESULTS = {"interested": "good", "done": "good", "declined": "bad"}
CHECK_INS = {"verified": "ok", "out_of_range": "warn", "no_location": "line"}  # the tones of their tags
INTERACTION_FIELDS = (
    *("kind", "result", "mood", "summary", "needs_found", "objection", "change_found"),
    *("participants", "place", "late", "late_reason", "direction", "corrected_at", "correctable", "check_in"),
)


# The first ones; the rest stand on the page of the thread.
COMMENTS = ArraySubquery(
    Comment.objects.filter(interaction=OuterRef("pk"))
    .order_by("at", "pk")
    .values(data=JSONObject(user="user__name", at="at", text="text"))[:COMMENTS_SHOWN]
)


def _interaction(customer: Customer, entry: TimelineEntry) -> None:
    data = entry.data
    entry.icon = KIND_ICONS.get(data["kind"], "pencil")
    entry.tone = TONES.get(data["mood"]) or TONES_OF_RESULTS.get(data["result"], "accent")
    data["method"] = dict(InteractionKind.choices).get(data["kind"], data["kind"])
    for comment in data["comments"]:
        comment["at"] = datetime.fromisoformat(comment["at"])
    checked_in = data["check_in"] if data["kind"] in TIMED_KINDS else ""
    data["check_in"] = dict(CheckInState.choices).get(checked_in, "")
    data["check_in_tone"] = CHECK_INS.get(checked_in, "")
    drawn(data["files"])
    data["outcome"] = result_word(data["kind"], data["result"])


def _attachment(customer: Customer, entry: TimelineEntry) -> None:
    (file,) = drawn([entry.data])
    entry.icon, entry.data = "paperclip", {"files": [file], "word": file["word"], "by": file["by"]}


def _owner(customer: Customer, entry: TimelineEntry) -> None:
    entry.icon = "arrow-left-right"
    # The first owner comes with the file.
    if not entry.data["from"] and abs(entry.at - customer.created_at) < timedelta(minutes=1):
        entry.icon, entry.data["new"] = "user-plus", True


def _stage(customer: Customer, entry: TimelineEntry) -> None:
    words = dict(Stage.choices)
    data = entry.data
    paused = data["to"] == Stage.PAUSED
    entry.icon = "circle-pause" if paused else "circle-play" if data["from"] == Stage.PAUSED else "milestone"
    data["paused"], data["resumed"] = paused, not paused and data["from"] == Stage.PAUSED
    data["from"], data["to"] = words.get(data["from"], data["from"]), words.get(data["to"], data["to"])
    data["reason"] = reason_words(data["reason"])
    data["until"] = date.fromisoformat(data["until"]) if data["until"] else None


def _entries(user: User, customer_id: int) -> QuerySet[Interaction]:
    """The entries of a customer; `correctable`: by this person, who may put right their own ones or also others'."""
    rows = Interaction.objects.for_user(user).filter(customer=customer_id)
    others = Value(user.can("interaction.change"))
    by_hand = Case(When(automatic=True, then=False), When(user=user, then=True), default=others)
    return rows.annotate(
        correctable=by_hand if user.can("interaction.add") else Value(False),
        files=files_of_row(user, "interaction") if user.can("attachment.view") else Value([], JSONField()),
    )


INTERACTIONS = TimelinePart(
    "interaction",
    tab="log",
    permission="interaction.view",
    rows=_entries,
    at=F("occurred_at"),
    fields={name: name for name in INTERACTION_FIELDS}
    | {"contact": "contact__name", "user": "user__name", "comments": COMMENTS, "files": "files"},
    template="customers/timeline_interaction.html",
    describe=_interaction,
)
ATTACHMENTS = TimelinePart(
    "attachment",
    tab="log",
    permission="attachment.view",
    # Those of entries stand at their entry.
    rows=lambda user, customer_id: (
        Attachment.objects.for_user(user)
        .filter(customer=customer_id, on="customer")
        .annotate(mine=Case(When(created_by=user, then=Value(True)), default=Value(False)))
    ),
    at=F("created_at"),
    fields={**DATA, "mine": "mine"},
    template="customers/timeline_attachment.html",
    describe=_attachment,
)
OWNERS = TimelinePart(
    "owner",
    tab="changes",
    permission="customer.view",
    rows=lambda user, customer_id: OwnerChange.objects.filter(customer=customer_id),
    at=F("at"),
    fields={"from": "from_user__name", "to": "to_user__name", "by": "by__name", "reason": "reason"},
    template="customers/timeline_owner.html",
    describe=_owner,
)
STAGES = TimelinePart(
    "stage",
    tab="changes",
    permission="customer.view",
    rows=lambda user, customer_id: StageMove.objects.filter(customer=customer_id),
    at=F("at"),
    fields={"from": "from_stage", "to": "to_stage", "until": "until", "reason": "reason", "by": "by__name"},
    template="customers/timeline_stage.html",
    describe=_stage,
)
